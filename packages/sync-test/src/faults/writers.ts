import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Random } from './random.ts';

/** A transaction of which the server has said that it is committed. */
export interface Committed {
  readonly writer: number;
  /** Full transaction id, decimal. */
  readonly xid: string;
  readonly ids: readonly number[];
}

/** Inserts that several sessions keep making, of all sizes; some are rolled back, in part or whole. */
export class Writers {
  /** In the order in which the server answered, which is commit order for each writer alone. */
  readonly committed: Committed[] = [];
  readonly #sql: postgres.Sql;
  readonly #random: Random;
  readonly #running: Promise<void>[] = [];
  #nextId = 1;
  #allowed = 0;
  #isStopping = false;

  constructor(sql: postgres.Sql, random: Random) {
    this.#sql = sql;
    this.#random = random;
  }

  start(count: number): void {
    for (let writer = 0; writer < count; writer++) this.#running.push(this.#write(writer));
  }

  /** Lets so many more transactions be written: on a slow machine, what is to be read would grow without end. */
  allow(count: number): void {
    this.#allowed = count;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  /** One more, after all others have stopped. */
  async finish(): Promise<void> {
    const ids: number[] = [];
    const xid = await this.#sql.begin(async (tx) => {
      ids.push(...(await this.#insert(tx, 1)));
      return xidOf(tx);
    });
    this.committed.push({ writer: 0, xid, ids });
  }

  async #write(writer: number): Promise<void> {
    while (!this.#isStopping) {
      if (this.#allowed-- <= 0) {
        await sleep(5);
        continue;
      }
      const ids: number[] = [];
      const xid = await this.#sql.begin(async (tx) => this.#transaction(tx, ids)).catch(rolledBack);
      if (xid !== null) this.committed.push({ writer, xid, ids });
      await sleep(this.#random() * 12);
    }
  }

  /** @returns its id  @param ids  filled with the keys that it leaves */
  async #transaction(tx: postgres.TransactionSql, ids: number[]): Promise<string> {
    const kind = this.#random();
    if (kind < 0.6) ids.push(...(await this.#insert(tx, 1)));
    else if (kind < 0.8) ids.push(...(await this.#insert(tx, this.#between(2, 60))));
    else if (kind < 0.9) {
      // Larger than the server's memory for an open transaction: it is streamed, with what is rolled back of it.
      ids.push(...(await this.#insert(tx, 40, 20)));
      await tx
        .savepoint(async (nested) => {
          await this.#insert(nested, 40, 20);
          throw new RolledBack();
        })
        .catch(rolledBack);
      ids.push(...(await this.#insert(tx, 40, 20)));
    } else if (kind < 0.97) {
      await this.#insert(tx, this.#between(1, 80), 30);
      throw new RolledBack();
    } else if (kind < 0.985) ids.push(...(await this.#insert(tx, 12, 1300)));
    else ids.push(...(await this.#insert(tx, 1, 17_000))); // one row of more than a megabyte
    return xidOf(tx);
  }

  async #insert(tx: postgres.TransactionSql, count: number, times = 1): Promise<number[]> {
    const first = this.#nextId;
    this.#nextId += count;
    await tx`insert into bench select id, ws, title, repeat(body, ${times}::integer), n, flag
             from bench_rows(${first}::bigint, ${first + count - 1}::bigint)`;
    return Array.from({ length: count }, (_, i) => first + i);
  }

  #between(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }
}

async function xidOf(tx: postgres.TransactionSql): Promise<string> {
  const [row] = await tx<{ xid: string }[]>`select pg_current_xact_id()::text as xid`;
  return row?.xid ?? '';
}

class RolledBack extends Error {}

function rolledBack(error: unknown): null {
  if (error instanceof RolledBack) return null;
  throw error;
}
