import { LSN_ZERO, type Lsn } from '@vibestack/sync-types';
import type { RecordStore } from './attach.ts';
import type { Recorded } from './continuity.ts';
import type { ChangeLog } from './log.ts';

/** How far back the log reaches. */
export interface Floor {
  readonly lsn: Lsn;
  /** Decimal; every transaction up to the floor has at most this id. */
  readonly xid: string;
}

/** The object's own memory beside the log: the record of continuity, and the floor. */
export class ReplicationRecord implements RecordStore {
  readonly #storage: DurableObjectStorage;
  readonly #log: ChangeLog;

  constructor(storage: DurableObjectStorage, log: ChangeLog) {
    this.#storage = storage;
    this.#log = log;
  }

  load(): Recorded | null {
    return this.#storage.kv.get<Recorded>('record') ?? null;
  }

  async save(record: Recorded): Promise<void> {
    this.#storage.kv.put('record', record);
    await this.#storage.sync();
  }

  async restart(record: Recorded): Promise<void> {
    this.#storage.transactionSync(() => {
      this.#log.clear();
      this.#storage.kv.put('record', record);
      this.floor = { lsn: record.acked, xid: '0' };
    });
    await this.#storage.sync();
  }

  get floor(): Floor {
    return this.#storage.kv.get<Floor>('floor') ?? { lsn: LSN_ZERO, xid: '0' };
  }

  set floor(floor: Floor) {
    this.#storage.kv.put('floor', floor);
  }
}
