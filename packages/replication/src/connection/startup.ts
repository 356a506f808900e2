import { ConnectionLostError, PgError, ProtocolError } from '../errors.ts';
import type { ByteSocket, Connect } from '../socket.ts';
import type { ConnectionOptions } from '../url.ts';
import { Channel } from './channel.ts';
import { readErrorResponse } from './error-response.ts';
import { readUint32 } from './frames.ts';
import { Scram, saslInitial } from './scram.ts';
import { concat, cstring, int32, message, text, untyped } from './writer.ts';

const PROTOCOL_3_0 = 196608;
const SSL_REQUEST = 80877103;
const CANCEL_REQUEST = 80877102;
const decoder = new TextDecoder();

/** By what a running statement can be cancelled from another connection. */
export interface BackendKey {
  readonly pid: number;
  readonly secret: Uint8Array;
}

/**
 * Opens a socket, negotiates TLS, signs in and waits until the server is ready
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP).
 *
 * @throws {PgError} refused, for example 28P01 (wrong password) or 3D000 (no such database)
 * @throws {ConnectionLostError} nothing answers
 */
export async function startUp(
  connect: Connect,
  options: ConnectionOptions,
  parameters: Readonly<Record<string, string>>,
): Promise<{ channel: Channel; key: BackendKey }> {
  const channel = new Channel(await openSocket(connect, options));
  try {
    const all = {
      user: options.user,
      database: options.database,
      client_encoding: 'UTF8',
      application_name: options.applicationName,
      // Values travel as Postgres prints them, so every session prints them alike. Poolers know these two.
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      ...parameters,
    };
    const pairs = Object.entries(all).flatMap(([name, value]) => [cstring(name), cstring(value)]);
    await channel.write(untyped(int32(PROTOCOL_3_0), ...pairs, new Uint8Array(1)));
    await authenticate(channel, options.password);
    return { channel, key: await untilReady(channel) };
  } catch (error) {
    await channel.close();
    throw error;
  }
}

/** Asks the server to cancel what the backend is doing. It may come too late. */
export async function cancel(connect: Connect, options: ConnectionOptions, { pid, secret }: BackendKey): Promise<void> {
  const socket = await openSocket(connect, options);
  await socket.write(untyped(int32(CANCEL_REQUEST), int32(pid), secret));
  await socket.close();
}

async function openSocket(connect: Connect, options: ConnectionOptions): Promise<ByteSocket> {
  const { hostname, port } = options;
  let socket: ByteSocket;
  try {
    socket = await connect({ hostname, port, tls: options.tls === 'disable' ? 'off' : 'starttls' });
  } catch (cause) {
    throw new ConnectionLostError(`Nothing answers at ${hostname}:${port}`, { cause });
  }
  if (options.tls === 'disable') return socket;
  await socket.write(untyped(int32(SSL_REQUEST)));
  const answer = await socket.read();
  // More than the one byte would be bytes injected before encryption (CVE-2021-23222).
  if (answer?.length !== 1) throw new ProtocolError('An SSLRequest is answered by one byte');
  if (answer[0] === 0x53) return socket.startTls();
  if (options.tls === 'prefer') return socket;
  await socket.close();
  throw new ProtocolError(`${hostname}:${port} does not offer TLS, which sslmode=require asks for`);
}

async function authenticate(channel: Channel, password: string): Promise<void> {
  let scram: Scram | null = null;
  for (;;) {
    const { type, body } = await channel.next();
    if (type === 0x45) throw readErrorResponse(body);
    if (type !== 0x52) throw new ProtocolError(`Unexpected message ${type} during sign-in`);
    const method = readUint32(body, 0);
    const rest = body.subarray(4);
    switch (method) {
      case 0:
        if (scram && !scram.verified) throw new ProtocolError('SCRAM: the server skipped its proof');
        return;
      case 3:
        await channel.write(message('p', cstring(password)));
        break;
      case 10: {
        if (!decoder.decode(rest).split('\0').includes('SCRAM-SHA-256')) throw unsupported('SASL mechanism');
        scram = new Scram(password);
        await channel.write(message('p', saslInitial('SCRAM-SHA-256', scram.first())));
        break;
      }
      case 11:
        if (!scram) throw new ProtocolError('SCRAM: continued before it began');
        await channel.write(message('p', text(await scram.final(decoder.decode(rest)))));
        break;
      case 12:
        scram?.verify(decoder.decode(rest));
        break;
      case 5:
        throw unsupported('md5 password');
      default:
        throw unsupported(`authentication method ${method}`);
    }
  }
}

const unsupported = (what: string): PgError =>
  new PgError({
    severity: 'FATAL',
    sqlstate: '28000',
    message: `The server asks for a sign-in that is not supported: ${what}`,
    hint: "Set password_encryption = 'scram-sha-256' and give the role its password again.",
  });

async function untilReady(channel: Channel): Promise<BackendKey> {
  let key: BackendKey = { pid: 0, secret: new Uint8Array(4) };
  for (;;) {
    const { type, body } = await channel.next();
    if (type === 0x45) throw readErrorResponse(body);
    if (type === 0x4b) key = { pid: readUint32(body, 0), secret: concat(body.subarray(4)) };
    if (type === 0x5a) return key;
  }
}
