import { ConnectionLostError, ProtocolError, UrlError } from '../errors.ts';
import type { ByteSocket, Connect } from '../socket.ts';
import type { ConnectionOptions } from '../url.ts';
import { int32, untyped } from './writer.ts';

const SSL_REQUEST = 80877103;

/** A socket to the server on which nothing of the session was said yet. */
export interface Transport {
  readonly socket: ByteSocket;
  readonly encrypted: boolean;
}

/**
 * Opens a socket and negotiates TLS as the URL asks
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL).
 *
 * @throws {ConnectionLostError} nothing answers, or the certificate is not trusted
 * @throws {ProtocolError} the server does not offer TLS  @throws {UrlError} the platform cannot do what the URL asks for
 */
export async function openTransport(connect: Connect, options: ConnectionOptions): Promise<Transport> {
  const { hostname, port, tls, connectTimeout, rootCertificate } = options;
  const where = `${hostname}:${port}`;
  const socket = await attempt(`Nothing answers at ${where}`, () =>
    connect({
      hostname,
      port,
      tls: tls === 'disable' ? 'off' : 'starttls',
      ...(connectTimeout === null ? {} : { connectTimeout }),
      ...(rootCertificate === null ? {} : { rootCertificate }),
    }),
  );
  if (tls === 'disable') return { socket, encrypted: false };
  try {
    if (options.channelBinding === 'require' && socket.serverCertificate === undefined) throw cannotBind();
    if (!(await offersTls(socket, where))) {
      if (tls === 'prefer') return { socket, encrypted: false };
      throw new ProtocolError(
        `${where} does not offer TLS, which sslmode=require (the default beyond this machine) asks for. Only for a server that you reach by a network of your own: sslmode=disable.`,
      );
    }
    const secure = await attempt(`No TLS with ${where}`, () => socket.startTls());
    return { socket: secure, encrypted: true };
  } catch (error) {
    await socket.close();
    throw error;
  }
}

async function offersTls(socket: ByteSocket, where: string): Promise<boolean> {
  const answer = await attempt(`The connection to ${where} broke`, async () => {
    await socket.write(untyped(int32(SSL_REQUEST)));
    return socket.read();
  });
  if (answer === null) throw new ConnectionLostError(`${where} closed the connection`);
  // An error: what it says may be anybody's before encryption, so it is not shown (CVE-2024-10977).
  if (answer[0] === 0x45) throw new ConnectionLostError(`${where} answers with an error where it should offer TLS`);
  // More than the one byte would be bytes injected before encryption (CVE-2021-23222).
  if (answer.length !== 1) throw new ProtocolError('An SSLRequest is answered by one byte');
  if (answer[0] === 0x53) return true;
  if (answer[0] === 0x4e) return false;
  throw new ProtocolError(`${where} does not answer an SSLRequest as Postgres does`);
}

/** Turns errors of the platform into ours, its reason included; ours stay. */
async function attempt<T>(problem: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof UrlError || cause instanceof ConnectionLostError) throw cause;
    const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
    const reason = [code, message].find((part) => typeof part === 'string' && part !== '');
    throw new ConnectionLostError(typeof reason === 'string' ? `${problem} (${reason})` : problem, { cause });
  }
}

const cannotBind = (): UrlError =>
  new UrlError(
    'channel_binding=require cannot be kept here: Workers do not show the server’s certificate. Write channel_binding=disable (or prefer) in the connection URL; TLS and the check of the certificate remain.',
  );
