import { LSN_ZERO, type Lsn } from '@vibestack/sync-types';
import type { ChangeLog } from '../log/change-log.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import type { Recorded } from './continuity.ts';

/** How far back the log reaches. */
export interface Floor {
  readonly lsn: Lsn;
  /** Decimal; every transaction up to the floor has at most this id. */
  readonly xid: string;
}

/** What is kept, by name. */
interface State {
  readonly record: Recorded;
  readonly floor: Floor;
  readonly restarts: number;
  readonly fence_lost: number | null;
}

/** The object's own memory beside the log: the record of continuity, the floor, and what it counts. */
export class ReplicationRecord {
  readonly #storage: ObjectStorage;
  readonly #log: ChangeLog;
  #cached: Recorded | null | undefined;

  constructor(storage: ObjectStorage, log: ChangeLog) {
    storage.exec(`create table if not exists state (name text primary key, value text not null) without rowid`);
    this.#storage = storage;
    this.#log = log;
  }

  /** The record; what the log's newest segment recorded for acknowledgement counts as well. */
  load(): Recorded | null {
    this.#cached ??= this.#get('record');
    if (this.#cached === null) return null;
    const logged = this.#log.acknowledgeable;
    return logged > this.#cached.acked ? { ...this.#cached, acked: logged } : this.#cached;
  }

  /** Durable when the promise resolves. */
  async save(record: Recorded): Promise<void> {
    this.#set('record', record);
    this.#cached = record;
    await this.#storage.sync();
  }

  /** Begins a log without history, in one step with the record. */
  async restart(record: Recorded): Promise<void> {
    this.#storage.transaction(() => {
      this.#log.clear();
      this.#set('record', record);
      this.floor = { lsn: record.acked, xid: '0' };
    });
    this.#cached = record;
    await this.#storage.sync();
  }

  /** Forgets history and record: nothing is followed any more. */
  async forget(): Promise<void> {
    this.#storage.transaction(() => {
      this.#log.clear();
      this.#storage.exec(`delete from state where name in ('record', 'floor')`);
    });
    this.#cached = null;
    await this.#storage.sync();
  }

  get floor(): Floor {
    return this.#get('floor') ?? { lsn: LSN_ZERO, xid: '0' };
  }

  set floor(floor: Floor) {
    this.#set('floor', floor);
  }

  /** Times that the server was attached to since the object was made. */
  get restarts(): number {
    return this.#get('restarts') ?? 0;
  }

  countRestart(): void {
    this.#set('restarts', this.restarts + 1);
  }

  /** When another log was last seen to have taken the fence, Unix milliseconds. */
  get fenceLostAt(): number | null {
    return this.#get('fence_lost');
  }

  set fenceLostAt(at: number | null) {
    this.#set('fence_lost', at);
  }

  #get<K extends keyof State>(name: K): State[K] | null {
    const [row] = this.#storage.exec<{ value: string }>(`select value from state where name = ?`, name);
    return row ? (JSON.parse(row.value) as State[K]) : null;
  }

  #set<K extends keyof State>(name: K, value: State[K]): void {
    this.#storage.exec(`insert or replace into state values (?, ?)`, name, JSON.stringify(value));
  }
}
