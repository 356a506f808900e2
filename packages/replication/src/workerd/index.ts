/// <reference types="@cloudflare/workers-types" />
import { connect as open } from 'cloudflare:sockets';
import { UrlError } from '../errors.ts';
import type { ByteSocket, Connect } from '../socket.ts';

/** Bytes of the buffer that each read lends to the platform: with the default reader, chunks are 4 KB. */
const BUFFER = 256 * 1024;

/** Sockets of workerd and Cloudflare Workers. `connectTimeout` has no effect: whoever has an alarm watches over it. */
export const connect: Connect = async ({ hostname, port, tls, rootCertificate }) => {
  if (rootCertificate !== undefined) {
    throw new UrlError(
      'sslrootcert names a file, and Workers have none. Remove it: they trust the public certificate authorities.',
    );
  }
  const address = { hostname: hostname.includes(':') ? `[${hostname}]` : hostname, port };
  const socket = open(address, { secureTransport: tls, allowHalfOpen: false });
  await socket.opened;
  return wrap(socket);
};

function wrap(socket: Socket): ByteSocket {
  const reader = socket.readable.getReader({ mode: 'byob' });
  const writer = socket.writable.getWriter();
  // `closed` rejects when the peer resets; reads and writes report it to whoever is waiting.
  socket.closed.catch(() => undefined);
  let spare = new ArrayBuffer(BUFFER);
  return {
    async read() {
      const { value, done } = await reader.read(new Uint8Array(spare));
      if (done) return null;
      // Small answers are copied so that the large buffer can be lent again; large ones are handed on.
      if (value.length < BUFFER / 4) {
        const copy = value.slice();
        spare = value.buffer;
        return copy;
      }
      spare = new ArrayBuffer(BUFFER);
      return value;
    },
    async write(bytes) {
      await writer.write(bytes);
    },
    async startTls() {
      reader.releaseLock();
      writer.releaseLock();
      const secure = socket.startTls();
      await secure.opened;
      return wrap(secure);
    },
    async close() {
      await socket.close().catch(() => undefined); // closing what is broken already is closing
    },
  };
}
