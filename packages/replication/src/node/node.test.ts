import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { PgConnection } from '../connection/connection.ts';
import { connect } from './index.ts';

let server: Server;

afterEach(async () => {
  await new Promise((closed) => server.close(closed));
});

/** A server that answers each connection's first bytes by the given ones, and then never again. */
async function serverThatSays(answer: string): Promise<string> {
  server = createServer((socket) => {
    socket.once('data', () => socket.write(answer)).on('error', () => undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `postgres://a:b@localhost:${(server.address() as AddressInfo).port}/d?connect_timeout=1`;
}

it.each([
  ['offers TLS', '', 'sslmode=require'],
  ['begins TLS', 'S', 'sslmode=require'],
  ['signs anybody in', 'N', 'sslmode=prefer'],
])('a server that never %s is given up after connect_timeout', async (_, answer, parameters) => {
  const url = await serverThatSays(answer);
  await expect(PgConnection.open(connect, `${url}&${parameters}`)).rejects.toMatchObject({
    name: 'ConnectionLostError',
  });
});
