import { createServer } from 'node:net';
import { DevPostgresError } from './errors.ts';

/**
 * @param preferred  taken if it is free; 0 for any
 * @returns a port of the loopback interface that nobody listens on
 * @throws {DevPostgresError} there is none
 */
export async function freePort(preferred: number): Promise<number> {
  const port = (await tryListen(preferred)) ?? (await tryListen(0));
  if (port !== null) return port;
  throw new DevPostgresError(
    'no_free_port',
    'There is no free port on 127.0.0.1.',
    'Stop some servers and start again.',
  );
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(null);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : null);
      });
    });
  });
}
