import type { ByteSocket, Connect } from '../../socket.ts';

/** A server that says given things in turn, whatever it hears: for what a real Postgres never says. */
export function scripted(...says: readonly (string | Uint8Array | null)[]): Connect & { closed(): boolean } {
  const rest = [...says];
  let closed = false;
  const socket: ByteSocket = {
    read() {
      const next = rest.shift() ?? null;
      return Promise.resolve(typeof next === 'string' ? new TextEncoder().encode(next) : next);
    },
    write: () => Promise.resolve(),
    startTls: () => Promise.resolve(socket),
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
  return Object.assign(() => Promise.resolve(socket), { closed: () => closed });
}
