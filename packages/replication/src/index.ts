export type { QueryResult } from './connection/answer.ts';
export { PgConnection } from './connection/connection.ts';
export type { Column } from './connection/row.ts';
export { ConnectionLostError, DecodeError, PgError, ProtocolError, UrlError, type PgErrorFields } from './errors.ts';
export { formatLsn, parseLsn } from './lsn.ts';
export { PgoutputDecoder } from './pgoutput/decoder.ts';
export {
  tupleToRow,
  type PgoutputMessage,
  type Relation,
  type RelationColumn,
  type Tuple,
  type Value,
} from './pgoutput/messages.ts';
export type { ByteSocket, Connect, SocketTarget } from './socket.ts';
export type { ChangeSource, SourceBatch, SourceOptions } from './source/change-source.ts';
export { openPoll } from './source/poll.ts';
export { readPublication, type Publication, type PublishedTable } from './source/publication.ts';
export { readServer, xactStatus, type ServerState } from './source/server.ts';
export { advanceSlot, createSlot, dropSlot, readSlot, terminateActive, type SlotState } from './source/slot.ts';
export { openStream, type StreamOptions, type StreamSource, type SystemIdentity } from './source/stream.ts';
export { neonClientSql, neonHttpSql } from './sql/neon-sql.ts';
export { pgSql } from './sql/pg-sql.ts';
export type { SqlPort, SqlRow } from './sql/sql-port.ts';
export { parseUrl, refusePooler, type ConnectionOptions } from './url.ts';
export { parsePgSnapshot, sees, widenXid, type PgSnapshot } from './xid.ts';
