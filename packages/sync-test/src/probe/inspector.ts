import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes (https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#method-getHeapUsage). */
export interface HeapUsage {
  /** Of JavaScript objects, garbage that was not collected yet included. */
  readonly usedSize: number;
  readonly totalSize: number;
  /** Of ArrayBuffers and strings outside the heap. */
  readonly backingStorageSize: number;
}

/** An isolate, through its inspector. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
      if (id === undefined) return;
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** @param address  `host:port`, as workerd tells it */
  static async open(address: string): Promise<Inspector> {
    const targets = (await (await fetch(`http://${address}/json`)).json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await once(socket, 'open');
    return new Inspector(socket);
  }

  heap(): Promise<HeapUsage> {
    return this.call<HeapUsage>('Runtime.getHeapUsage');
  }

  /** Collects garbage, and says what is left. */
  async floor(): Promise<HeapUsage> {
    await this.call<object>('HeapProfiler.collectGarbage');
    return this.heap();
  }

  /** Looks at the heap every `every` milliseconds, or as often as the isolate answers, until `done` settles. */
  async sample(every: number, done: Promise<unknown>): Promise<HeapUsage[]> {
    const samples: HeapUsage[] = [];
    let isDone = false;
    const end = done.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      samples.push(await this.heap());
      await Promise.race([sleep(every), end]);
    }
    await end;
    return samples;
  }

  call<T>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise<T>((resolve) => {
      this.#waiting.set(id, (result) => {
        resolve(result as T);
      });
    });
  }

  close(): void {
    this.#socket.close();
  }
}
