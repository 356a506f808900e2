import { PgError, ProtocolError, UrlError } from '../errors.ts';
import type { ConnectionOptions } from '../url.ts';
import type { Channel } from './channel.ts';
import { serverEndPoint } from './channel-binding.ts';
import { readErrorResponse } from './error-response.ts';
import { readUint32 } from './frames.ts';
import { FROM_SERVER } from './message-types.ts';
import { Scram, saslInitial, type ChannelBinding } from './scram.ts';
import { cstring, message, text } from './writer.ts';

/** What the connection below a sign-in is like. */
export interface Underlay {
  /** Nobody between here and the server can read: TLS, or the machine itself. */
  readonly private: boolean;
  /** The certificate that the server showed, DER; null without TLS, or where the platform does not tell. */
  readonly certificate: Uint8Array | null;
}

const decoder = new TextDecoder();

/**
 * Proves to the server that we know the password, and has it prove the same
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP).
 *
 * @throws {PgError} refused, or by a method that is not supported  @throws {ProtocolError} the server proves nothing
 * @throws {UrlError} the URL has no password
 */
export async function signIn(channel: Channel, options: ConnectionOptions, underlay: Underlay): Promise<void> {
  let scram: Scram | null = null;
  for (;;) {
    const { type, body } = await channel.next();
    if (type === FROM_SERVER.errorResponse) throw readErrorResponse(body);
    if (type !== FROM_SERVER.authentication) throw new ProtocolError(`Unexpected message ${type} during sign-in`);
    const method = readUint32(body, 0);
    const rest = body.subarray(4);
    switch (method) {
      case 0: // AuthenticationOk
        if (scram && !scram.verified) throw new ProtocolError('SCRAM: the server skipped its proof');
        if (options.channelBinding === 'require' && scram?.binding !== 'p') throw notBound();
        return;
      case 3: // AuthenticationCleartextPassword
        if (options.channelBinding === 'require') throw notBound();
        if (!underlay.private) throw inTheClear();
        await channel.write(message('p', cstring(passwordOf(options))));
        break;
      case 5:
        throw unsupported('an md5 password');
      case 10: {
        // AuthenticationSASL
        const mechanisms = decoder.decode(rest).split('\0');
        scram = new Scram(passwordOf(options), await chooseBinding(mechanisms, options, underlay));
        if (!mechanisms.includes(scram.mechanism)) throw unsupported(mechanisms.filter(Boolean).join(', '));
        await channel.write(message('p', saslInitial(scram)));
        break;
      }
      case 11: // AuthenticationSASLContinue
        if (!scram) throw new ProtocolError('SCRAM: continued before it began');
        await channel.write(message('p', text(await scram.final(decoder.decode(rest)))));
        break;
      case 12: // AuthenticationSASLFinal
        if (!scram) throw new ProtocolError('SCRAM: ended before it began');
        scram.verify(decoder.decode(rest));
        break;
      default:
        throw unsupported(`authentication method ${method}`);
    }
  }
}

/** `y` claims that the server does not offer binding, which it refuses if it does: somebody took the offer out. */
async function chooseBinding(
  mechanisms: readonly string[],
  { channelBinding }: ConnectionOptions,
  { certificate }: Underlay,
): Promise<ChannelBinding> {
  const endPoint = channelBinding === 'disable' || certificate === null ? null : await serverEndPoint(certificate);
  if (endPoint !== null && mechanisms.includes('SCRAM-SHA-256-PLUS')) return { flag: 'p', endPoint };
  if (channelBinding === 'require') throw notBound();
  return { flag: endPoint === null ? 'n' : 'y' };
}

function passwordOf({ password }: ConnectionOptions): string {
  if (password === '') throw new UrlError('The server asks for a password, and the connection URL has none.');
  return password;
}

const notBound = (): ProtocolError =>
  new ProtocolError(
    'channel_binding=require: the server does not tie the sign-in to the TLS connection. Write channel_binding=prefer if it cannot.',
  );

const inTheClear = (): PgError =>
  new PgError({
    severity: 'FATAL',
    sqlstate: '28000',
    message: 'The server asks for the password itself, and the connection is not encrypted',
    hint: 'Anybody in between could ask for it. Use sslmode=require, or sign in by SCRAM.',
  });

const unsupported = (what: string): PgError =>
  new PgError({
    severity: 'FATAL',
    sqlstate: '28000',
    message: `The server asks for a sign-in that is not supported: ${what}`,
    hint: "Set password_encryption = 'scram-sha-256' and give the role its password again.",
  });
