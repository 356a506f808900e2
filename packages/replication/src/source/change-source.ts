import type { PgoutputMessage } from '../pgoutput/messages.ts';

/** What one read of a source gives. */
export interface SourceBatch {
  /** In the server's order. Empty when only the position moved, or when a source that does not wait has nothing. */
  readonly messages: readonly PgoutputMessage[];
  /** Bytes of WAL output that the messages were decoded from: what slices of work are measured by. */
  readonly bytes: number;
  /** Nothing more is here at the moment. */
  readonly idle: boolean;
  /**
   * Everything that commits below this LSN was handed over, by this batch or before it; 0 when this read does not tell.
   * It may be acknowledged in idle times, so that WAL in which nothing of ours happened is not kept for ever.
   */
  readonly walEnd: bigint;
}

/**
 * The changes of one replication slot, from its confirmed position on, in commit order and whole; a transaction that is
 * streamed while it is open comes in blocks between others (`stream-start`).
 *
 * A source never acknowledges by itself. One reader; what was not acknowledged is delivered again by the next source.
 */
export interface ChangeSource {
  readonly kind: 'stream' | 'poll';
  /**
   * The next messages, a bounded number of them. A stream waits until the server says something; a poll looks once and
   * may come back empty, idle: when to look again is its owner's decision.
   *
   * @throws {ConnectionLostError} @throws {PgError} the server refused or ended it @throws {DecodeError}
   */
  read(): Promise<SourceBatch>;
  /**
   * Tells the server that everything up to here is durable on our side; it may then forget it.
   *
   * @param lsn  the end LSN of a transaction, or `walEnd` in idle times; never moves backward
   */
  acknowledge(lsn: bigint): Promise<void>;
  /** Asks the server for a sign of life, which {@link read} then sees. */
  probe(): Promise<void>;
  /** Never throws; a read under way fails. */
  close(): Promise<void>;
}

export interface SourceOptions {
  readonly slot: string;
  readonly publication: string;
}
