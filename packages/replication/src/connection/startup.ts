import { PgError, ProtocolError } from '../errors.ts';
import type { Connect } from '../socket.ts';
import { isLoopback, type ConnectionOptions } from '../url.ts';
import { Channel, type ChannelOptions } from './channel.ts';
import { readErrorResponse } from './error-response.ts';
import { readUint32 } from './frames.ts';
import { FROM_SERVER } from './message-types.ts';
import { signIn } from './sign-in.ts';
import { openTransport } from './transport.ts';
import { concat, cstring, int32, untyped } from './writer.ts';

const PROTOCOL_3_0 = 196608;
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
 * @throws {PgError} refused, for example 28P01 (wrong password), 3D000 (no such database), 57P03 (still starting up)
 * @throws {ConnectionLostError} nothing answers
 */
export async function startUp(
  connect: Connect,
  options: ConnectionOptions,
  parameters: Readonly<Record<string, string>>,
  channelOptions: ChannelOptions,
): Promise<{ channel: Channel; key: BackendKey }> {
  const { socket, encrypted } = await openTransport(connect, options);
  const channel = new Channel(socket, channelOptions);
  try {
    const all = {
      user: options.user,
      database: options.database,
      client_encoding: 'UTF8',
      application_name: options.applicationName,
      ...(options.serverOptions === null ? {} : { options: options.serverOptions }),
      // Values travel as Postgres prints them, so every session prints them alike. Poolers know these two.
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      ...parameters,
    };
    const pairs = Object.entries(all).flatMap(([name, value]) => [cstring(name), cstring(value)]);
    await channel.write(untyped(int32(PROTOCOL_3_0), ...pairs, new Uint8Array(1)));
    await signIn(channel, options, {
      private: encrypted || isLoopback(options.hostname),
      certificate: socket.serverCertificate?.() ?? null,
    });
    const key = await untilReady(channel, options);
    socket.established?.();
    return { channel, key };
  } catch (error) {
    await channel.close();
    throw error;
  }
}

/** Asks the server to cancel what the backend is doing. It may come too late. @throws {ConnectionLostError} */
export async function cancel(connect: Connect, options: ConnectionOptions, { pid, secret }: BackendKey): Promise<void> {
  const { socket } = await openTransport(connect, options);
  const channel = new Channel(socket);
  await channel.write(untyped(int32(CANCEL_REQUEST), int32(pid), secret));
  await channel.close();
}

async function untilReady(channel: Channel, { primary, hostname }: ConnectionOptions): Promise<BackendKey> {
  let key: BackendKey = { pid: 0, secret: new Uint8Array(4) };
  let standby = false;
  for (;;) {
    const { type, body } = await channel.next();
    switch (type) {
      case FROM_SERVER.errorResponse:
        throw readErrorResponse(body);
      case FROM_SERVER.backendKeyData:
        key = { pid: readUint32(body, 0), secret: concat(body.subarray(4)) };
        break;
      case FROM_SERVER.parameterStatus:
        standby ||= decoder.decode(body) === 'in_hot_standby\0on\0';
        break;
      case FROM_SERVER.readyForQuery:
        if (primary && standby) throw isStandby(hostname);
        return key;
      default:
        throw new ProtocolError(`Unexpected message ${type} after sign-in`);
    }
  }
}

const isStandby = (hostname: string): PgError =>
  new PgError({
    severity: 'FATAL',
    sqlstate: '25006',
    message: `${hostname} is a standby, and the connection URL asks for the primary (target_session_attrs)`,
  });
