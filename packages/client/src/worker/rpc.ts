/** What an error says after it crossed a thread. */
interface ErrorValue {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** An error that happened on the other side. */
class RemoteError extends Error {
  override readonly name: string;
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ name, code, message, hint }: ErrorValue) {
    super(message);
    this.name = name;
    this.code = code;
    this.hint = hint;
  }
}

/** The other side is gone; whether a call under way was carried out is unknown. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError';
  readonly code = 'worker_lost';
}

function errorValue(error: unknown): ErrorValue {
  const { name, code, message, hint } = error as Partial<ErrorValue>;
  return {
    name: name ?? 'Error',
    code: code ?? 'error',
    message: message ?? String(error),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** One end of a channel: a Worker, or the worker's own global scope. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

type Packet =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorValue }
  | { readonly kind: 'event'; readonly event: string; readonly data: unknown };

/** Methods that the other side may call. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Calls and events over a port, both ways. No call is left hanging: when the other side dies, all fail. */
export class Rpc {
  readonly #port: Port;
  readonly #methods: Methods;
  readonly #events: (event: string, data: unknown) => void;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #next = 1;
  #lost: WorkerLostError | null = null;

  constructor(port: Port, methods: Methods, events: (event: string, data: unknown) => void = () => undefined) {
    this.#port = port;
    this.#methods = methods;
    this.#events = events;
    port.addEventListener('message', (event) => {
      this.#receive(event.data as Packet);
    });
  }

  call<T>(method: string, ...args: unknown[]): Promise<T> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#port.postMessage({ kind: 'call', id, method, args } satisfies Packet);
    });
  }

  emit(event: string, data: unknown): void {
    this.#port.postMessage({ kind: 'event', event, data } satisfies Packet);
  }

  /** The other side died: everything under way fails, and everything later. */
  lose(reason: string): void {
    this.#lost ??= new WorkerLostError(reason);
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    this.#waiting.clear();
  }

  #receive(packet: Packet): void {
    switch (packet.kind) {
      case 'event':
        this.#events(packet.event, packet.data);
        break;
      case 'call':
        void this.#answer(packet.id, packet.method, packet.args);
        break;
      case 'result':
        this.#waiting.get(packet.id)?.resolve(packet.value);
        this.#waiting.delete(packet.id);
        break;
      case 'error':
        this.#waiting.get(packet.id)?.reject(new RemoteError(packet.error));
        this.#waiting.delete(packet.id);
        break;
    }
  }

  async #answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    try {
      const run = this.#methods[method];
      if (!run) throw new TypeError(`There is no method '${method}'`);
      const value = await run(...(args as never[]));
      this.#port.postMessage({ kind: 'result', id, value } satisfies Packet);
    } catch (error) {
      this.#port.postMessage({ kind: 'error', id, error: errorValue(error) } satisfies Packet);
    }
  }
}
