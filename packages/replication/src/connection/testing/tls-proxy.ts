import { once } from 'node:events';
import { createServer, connect as tcp, type AddressInfo, type Socket } from 'node:net';
import { connect as tls, TLSSocket } from 'node:tls';
import type { TestCertificate } from './certificates.ts';

/** Somebody in the middle, whose certificate the client trusts: ends the client's TLS and begins another to the server. */
export interface TlsProxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @param port     the server's, on this machine
 * @param tamper   changes what the server says
 */
export async function startTlsProxy(
  port: number,
  { certificate, key }: TestCertificate,
  tamper: (fromServer: Uint8Array) => Uint8Array = (bytes) => bytes,
): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const keep = <S extends Socket>(socket: S): S => {
    sockets.add(socket);
    return socket.on('error', () => undefined);
  };
  const server = createServer((client) => {
    void (async () => {
      keep(client).once('data', () => undefined);
      await once(client, 'data'); // SSLRequest
      client.pause().write('S');
      const near = keep(new TLSSocket(client, { isServer: true, cert: certificate, key }));
      const plain = keep(tcp(port, '127.0.0.1'));
      plain.write(new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]));
      await once(plain, 'data'); // S
      const far = keep(tls({ socket: plain, rejectUnauthorized: false }));
      near.on('data', (data) => far.write(data)).on('close', () => far.destroy());
      far.on('data', (data: Uint8Array) => near.write(tamper(data))).on('close', () => near.destroy());
    })();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
