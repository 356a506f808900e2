import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as tcp, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer, type WebSocket } from 'ws';
import { PgConnection } from '../../connection/connection.ts';
import { PgError } from '../../errors.ts';
import { connect } from '../../node/index.ts';

/**
 * A stand-in for Neon's proxy in front of any Postgres: SQL over HTTP at `/sql`, the wire protocol over a WebSocket at
 * `/v2?address=host:port` (what `@neondatabase/serverless` speaks; see its `fetchEndpoint` and `wsProxy` settings).
 */
export interface NeonProxy {
  readonly fetchEndpoint: string;
  /** Without a scheme, as the driver wants it. */
  wsProxy(host: string, port: number | string): string;
  close(): Promise<void>;
}

export async function startNeonProxy(): Promise<NeonProxy> {
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    pipe(socket, new URL(request.url ?? '/', 'http://proxy').searchParams.get('address') ?? '');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    fetchEndpoint: `http://127.0.0.1:${port}/sql`,
    wsProxy: (host, to) => `127.0.0.1:${port}/v2?address=${host}:${to}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

interface HttpQuery {
  readonly query: string;
  readonly params: readonly (string | null)[];
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    const { query, params } = JSON.parse(await text(request)) as HttpQuery;
    send(200, await run(String(request.headers['neon-connection-string']), query, params));
  } catch (error) {
    if (!(error instanceof PgError)) {
      response.writeHead(502).end(String(error));
      return;
    }
    send(400, Object.assign({}, error, { message: error.message, code: error.sqlstate }));
  }
}

async function run(url: string, sql: string, params: readonly (string | null)[]): Promise<unknown> {
  const connection = await PgConnection.open(connect, url);
  try {
    const { command, columns, rows } = await connection.query(sql, params);
    return {
      command: command.split(' ')[0],
      rowCount: Number(/\d+$/.exec(command)?.[0] ?? 0),
      fields: columns.map(({ name, typeOid }) => ({ name, dataTypeID: typeOid })),
      rows,
      rowAsArray: true,
    };
  } finally {
    await connection.close();
  }
}

function pipe(socket: WebSocket, address: string): void {
  const [host = '', port = ''] = address.split(':');
  const server = tcp(Number(port), host);
  socket.on('message', (data) => server.write(data as Buffer));
  socket.on('close', () => server.destroy());
  server.on('data', (data) => {
    socket.send(data);
  });
  server.on('error', () => {
    socket.close();
  });
  server.on('close', () => {
    socket.close();
  });
}
