/// <reference types="node" />
import { DatabaseSync } from 'node:sqlite';
import type { ObjectStorage, SqlValue } from '../storage/object-storage.ts';

/**
 * SQLite that loses what was not synced when its machine does: everything since the last `sync` is one open
 * transaction, which a crash rolls back. A killed process cannot show this; a lost machine does.
 */
export class ForgetfulStorage implements ObjectStorage {
  readonly #db: DatabaseSync;
  #written = 0;
  #depth = 0;
  #generation = 0;
  /** Called when `sync` is asked for, before anything is durable; throw here to crash in between. */
  beforeSync: () => void = () => undefined;

  /** @param path  a file, or `:memory:` */
  constructor(path = ':memory:') {
    this.#db = new DatabaseSync(path);
    this.#db.exec('begin');
  }

  get rowsWritten(): number {
    return this.#written;
  }

  readonly exec: ObjectStorage['exec'] = <T>(sql: string, ...bindings: readonly SqlValue[]) => {
    const before = this.#changes();
    const rows = this.#db.prepare(sql).all(...bindings) as unknown as T[];
    this.#written += this.#changes() - before;
    return rows;
  };

  transaction<T>(work: () => T): T {
    const name = `t${this.#depth++}`;
    this.#db.exec(`savepoint ${name}`);
    try {
      const result = work();
      this.#db.exec(`release ${name}`);
      return result;
    } catch (error) {
      this.#db.exec(`rollback to ${name}; release ${name}`);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  async sync(): Promise<void> {
    const generation = this.#generation;
    await Promise.resolve(); // durable later than asked for, as on a disk
    if (generation !== this.#generation) throw new Error('The machine is gone');
    this.beforeSync();
    this.#db.exec('commit; begin');
  }

  /** The machine is lost: what was synced remains, and a sync under way fails. */
  crash(): void {
    this.#generation++;
    this.#db.exec('rollback; begin');
  }

  close(): void {
    this.#db.close();
  }

  #changes(): number {
    return (this.#db.prepare('select total_changes() as n').get() as { n: number }).n;
  }
}
