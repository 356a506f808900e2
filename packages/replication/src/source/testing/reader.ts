import type { SqlPort } from '../../sql/sql-port.ts';
import { parseLsn } from '../../lsn.ts';
import type { ChangeSource, SourceBatch } from '../change-source.ts';
import { Transactions, type Transaction } from './transactions.ts';

/** Reads a source as its owner would, but keeps everything and acknowledges nothing. */
export class Reader {
  readonly source: ChangeSource;
  readonly transactions = new Transactions();
  /** The highest of the batches so far. */
  walEnd = 0n;

  constructor(source: ChangeSource) {
    this.source = source;
  }

  async read(): Promise<SourceBatch> {
    const batch = await this.source.read();
    for (const message of batch.messages) this.transactions.push(message);
    if (batch.walEnd > this.walEnd) this.walEnd = batch.walEnd;
    return batch;
  }

  /** Reads until so many transactions were committed, counted from the beginning. */
  async committed(count: number): Promise<readonly Transaction[]> {
    while (this.transactions.committed.length < count) await this.read();
    return this.transactions.committed;
  }

  /** Reads until the server has answered: what was sent to it before has arrived. */
  async settle(): Promise<void> {
    do await this.source.probe();
    while ((await this.read()).walEnd === 0n);
  }

  /** Reads until the source says that it is past everything that is flushed now. */
  async drain(sql: SqlPort): Promise<readonly Transaction[]> {
    const [row] = await sql.query('select pg_current_wal_flush_lsn()::text');
    const target = parseLsn(row?.[0] ?? '');
    while (this.walEnd < target) {
      await this.source.probe();
      await this.read();
    }
    return this.transactions.committed;
  }
}
