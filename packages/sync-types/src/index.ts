export type { Change, Mutation, MutationResult, Op, PgText, Rejection, Row, Transaction } from './changes.ts';
export { HLC_ZERO, hlcFromBigInt, hlcFromMillis, hlcToBigInt, isHlc, type Hlc } from './hlc.ts';
export {
  LSN_ZERO,
  isLsn,
  lsnFromBigInt,
  lsnFromPostgres,
  lsnToBigInt,
  lsnToPostgres,
  type Epoch,
  type Lsn,
  type Position,
} from './lsn.ts';
export {
  CloseCode,
  MAX_CLIENT_MESSAGE,
  MessageError,
  PROTOCOL,
  encodeMessage,
  parseClientMessage,
  parseServerMessage,
  type Ack,
  type Admission,
  type ClientMessage,
  type Gain,
  type Hello,
  type IntervalMessage,
  type Lose,
  type Push,
  type Results,
  type ServerError,
  type ServerMessage,
  type Staged,
  type Welcome,
} from './messages.ts';
export { keyRow, rowKey } from './rows.ts';
export {
  parseScopeKey,
  scopeKey,
  type ScopeKey,
  type SyncColumn,
  type SyncSchema,
  type SyncScope,
  type SyncTable,
  type TableScope,
} from './schema.ts';
export {
  FrameKind,
  encodeFrame,
  readFrames,
  type Frame,
  type SnapshotEnd,
  type SnapshotRequest,
  type SnapshotStart,
  type SnapshotTable,
} from './snapshot.ts';
