/** First bytes of the server's messages (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
export const FROM_SERVER = {
  authentication: 0x52, // R
  backendKeyData: 0x4b, // K
  commandComplete: 0x43, // C
  copyBothResponse: 0x57, // W
  copyData: 0x64, // d
  copyInResponse: 0x47, // G
  dataRow: 0x44, // D
  errorResponse: 0x45, // E
  noticeResponse: 0x4e, // N
  parameterStatus: 0x53, // S
  readyForQuery: 0x5a, // Z
  rowDescription: 0x54, // T
} as const;
