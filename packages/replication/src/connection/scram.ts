import { ProtocolError } from '../errors.ts';
import { saslprep } from './saslprep.ts';
import { concat, cstring, int32, text } from './writer.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
function unbase64(value: string): Bytes {
  try {
    return Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new ProtocolError('SCRAM: the salt is not base64', { cause });
  }
}
const own = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);

async function hmac(key: Uint8Array, data: Uint8Array): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', own(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, own(data)));
}

const sha256 = async (data: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', own(data)));

async function pbkdf2(password: string, salt: Uint8Array, iterations: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', own(text(password)), 'PBKDF2', false, ['deriveBits']);
  const params = { name: 'PBKDF2', hash: 'SHA-256', salt: own(salt), iterations };
  try {
    return new Uint8Array(await crypto.subtle.deriveBits(params, key, 256));
  } catch (cause) {
    // Cloudflare computes at most 100,000.
    throw new ProtocolError(
      `SCRAM: ${iterations} iterations are more than this platform computes. Lower scram_iterations and give the role its password again.`,
      { cause },
    );
  }
}

const attributes = (message: string): Map<string, string> =>
  new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));

/** Iterations above this would only serve to keep us busy. */
const MAX_ITERATIONS = 10_000_000;

/**
 * How the sign-in is tied to the TLS connection (the gs2 header of RFC 5802, sections 6 and 7): by a hash, not because
 * the server does not offer it (which the server then checks), or not because we cannot.
 */
export type ChannelBinding = { readonly flag: 'p'; readonly endPoint: Uint8Array } | { readonly flag: 'y' | 'n' };

/**
 * The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677).
 *
 * Postgres takes the user name from the startup message and ignores the one here
 * (https://www.postgresql.org/docs/current/sasl-authentication.html).
 */
export class Scram {
  readonly #password: string;
  readonly #binding: ChannelBinding;
  readonly #user: string;
  readonly #nonce: string;
  #serverSignature = '';
  #verified = false;

  /** @param user @param nonce  for test vectors; empty and random otherwise */
  constructor(
    password: string,
    binding: ChannelBinding,
    user = '',
    nonce = base64(crypto.getRandomValues(new Uint8Array(18))),
  ) {
    this.#password = saslprep(password);
    this.#binding = binding;
    this.#user = user;
    this.#nonce = nonce;
  }

  get binding(): ChannelBinding['flag'] {
    return this.#binding.flag;
  }

  get mechanism(): string {
    return this.#binding.flag === 'p' ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256';
  }

  get #header(): string {
    return this.#binding.flag === 'p' ? 'p=tls-server-end-point,,' : `${this.#binding.flag},,`;
  }

  get #bare(): string {
    return `n=${this.#user},r=${this.#nonce}`;
  }

  first(): string {
    return `${this.#header}${this.#bare}`;
  }

  /** @throws {ProtocolError} the server's message does not follow ours */
  async final(serverFirst: string): Promise<string> {
    const fields = attributes(serverFirst);
    const nonce = fields.get('r') ?? '';
    const iterations = Number(fields.get('i'));
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) throw new ProtocolError('SCRAM: not our nonce');
    if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
      throw new ProtocolError(`SCRAM: ${fields.get('i') ?? 'no'} iterations`);
    }
    const salted = await pbkdf2(this.#password, unbase64(fields.get('s') ?? ''), iterations);
    const clientKey = await hmac(salted, text('Client Key'));
    const bound = this.#binding.flag === 'p' ? this.#binding.endPoint : new Uint8Array(0);
    const without = `c=${base64(concat(text(this.#header), bound))},r=${nonce}`;
    const signed = text(`${this.#bare},${serverFirst},${without}`);
    const signature = await hmac(await sha256(clientKey), signed);
    const proof = clientKey.map((byte, i) => byte ^ (signature[i] as number));
    this.#serverSignature = base64(await hmac(await hmac(salted, text('Server Key')), signed));
    return `${without},p=${base64(proof)}`;
  }

  /** @throws {ProtocolError} whoever answers does not know the password */
  verify(serverFinal: string): void {
    if (this.#serverSignature === '' || attributes(serverFinal).get('v') !== this.#serverSignature) {
      throw new ProtocolError('SCRAM: the server could not prove that it knows the password');
    }
    this.#verified = true;
  }

  /** Whether the server has proved itself. */
  get verified(): boolean {
    return this.#verified;
  }
}

/** SASLInitialResponse body. */
export const saslInitial = (scram: Scram): Uint8Array => {
  const payload = text(scram.first());
  return concat(cstring(scram.mechanism), int32(payload.length), payload);
};
