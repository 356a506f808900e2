export { PgConnection, type Column, type QueryResult } from './connection/connection.ts';
export { ConnectionLostError, DecodeError, PgError, ProtocolError, UrlError } from './errors.ts';
export { PgoutputDecoder } from './pgoutput/decoder.ts';
export type { PgoutputMessage, Relation, RelationColumn, TextRow } from './pgoutput/messages.ts';
export { createSlot, dropSlot, readSlot, terminateActive, type SlotState } from './slot.ts';
export type { ByteSocket, Connect, SocketTarget } from './socket.ts';
export {
  formatLsn,
  openReplicationStream,
  parseLsn,
  type ReplicationStream,
  type StreamBatch,
  type StreamMessage,
  type StreamOptions,
  type SystemIdentity,
} from './stream.ts';
export { parseUrl, refusePooler, type ConnectionOptions } from './url.ts';
export { parsePgSnapshot, sees, widenXid, type PgSnapshot } from './xid.ts';
