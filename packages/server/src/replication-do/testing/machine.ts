import type { ByteSocket, Connect } from '@vibestack/replication';
import type { ObjectStorage } from '../storage/object-storage.ts';
import type { ForgetfulStorage } from './forgetful-storage.ts';

/** Moments around the durable steps: before something is done, and just after it. */
export type Moment =
  'before sync' | 'after sync' | 'before acknowledging' | 'after acknowledging' | 'before fencing' | 'after fencing';

/** Asked at each moment: true loses the machine there. */
export type LoseAt = (moment: Moment) => boolean;

/**
 * A machine that an object runs on, and that can be lost: from then on nothing that was begun on it reaches the storage
 * or the network, and nothing that it waits for comes.
 */
export class Machine implements ObjectStorage {
  readonly #storage: ForgetfulStorage;
  readonly #connect: Connect;
  readonly #loseAt: LoseAt;
  readonly #lose: () => void;
  readonly #sockets = new Set<ByteSocket>();
  #isLost = false;

  /** @param lose  called when {@link LoseAt} says so; calls {@link die} */
  constructor(storage: ForgetfulStorage, connect: Connect, loseAt: LoseAt, lose: () => void) {
    this.#storage = storage;
    this.#connect = connect;
    this.#loseAt = loseAt;
    this.#lose = lose;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get rowsWritten(): number {
    return this.#storage.rowsWritten;
  }

  die(): void {
    this.#isLost = true;
    for (const socket of this.#sockets) void socket.close();
  }

  readonly exec: ObjectStorage['exec'] = (sql, ...bindings) =>
    this.#isLost ? [] : this.#storage.exec(sql, ...bindings);

  transaction<T>(work: () => T): T {
    return this.#isLost ? work() : this.#storage.transaction(work);
  }

  async sync(): Promise<void> {
    await this.#pass('before sync');
    await this.#storage.sync();
    await this.#pass('after sync');
  }

  readonly connect: Connect = async (target) => {
    if (this.#isLost) return forever();
    const socket = await this.#connect(target);
    await this.#unlessLost(() => socket.close());
    const watched: ByteSocket = {
      read: () => socket.read(),
      write: async (bytes) => {
        const what = meaning(bytes);
        if (what !== null) await this.#pass(`before ${what}`);
        await socket.write(bytes);
        if (what !== null) await this.#pass(`after ${what}`);
      },
      startTls: () => socket.startTls(),
      close: () => socket.close(),
    };
    this.#sockets.add(socket);
    return watched;
  };

  /** Lost while something was waited for. */
  async #unlessLost(clear: () => Promise<void>): Promise<void> {
    if (!this.#isLost) return;
    await clear();
    await forever();
  }

  async #pass(moment: Moment): Promise<void> {
    if (!this.#isLost && this.#loseAt(moment)) this.#lose();
    if (this.#isLost) await forever();
  }
}

/** Nobody is there any more to whom it could be told. */
const forever = (): Promise<never> => new Promise(() => undefined);

/** What a message to the server does to what is remembered of us there. */
function meaning(bytes: Uint8Array): 'acknowledging' | 'fencing' | null {
  // CopyData that is a standby status update.
  if (bytes[0] === 0x64 && bytes[5] === 0x72) return 'acknowledging';
  const text = new TextDecoder().decode(bytes);
  if (text.includes('pg_replication_slot_advance')) return 'acknowledging';
  return text.includes('insert into vibestack.replication') ? 'fencing' : null;
}
