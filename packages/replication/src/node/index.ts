import { connect as tcp, type Socket } from 'node:net';
import { connect as tls } from 'node:tls';
import { once } from 'node:events';
import type { ByteSocket, Connect, SocketTarget } from '../socket.ts';

/** Sockets of Node: for tools, tests and benchmarks. */
export const connect: Connect = async (target) => {
  const socket = tcp({ host: target.hostname, port: target.port, noDelay: true });
  await once(socket, 'connect');
  return wrap(socket, target);
};

function wrap(socket: Socket, target: SocketTarget): ByteSocket {
  let failure: Error | null = null;
  let wake: (() => void) | null = null;
  const signal = () => {
    wake?.();
    wake = null;
  };
  socket.pause();
  socket.on('readable', signal);
  socket.on('end', signal);
  socket.on('close', signal);
  socket.on('error', (error) => {
    failure = error;
    signal();
  });
  return {
    async read() {
      for (;;) {
        if (failure) throw failure;
        const chunk = socket.read() as Uint8Array | null;
        if (chunk) return chunk;
        if (socket.readableEnded || socket.destroyed) return null;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async write(bytes) {
      await new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    },
    async startTls() {
      socket.removeAllListeners();
      const secure = tls({ socket, servername: target.hostname });
      await once(secure, 'secureConnect');
      return wrap(secure, target);
    },
    async close() {
      socket.destroy();
      await Promise.resolve();
    },
  };
}
