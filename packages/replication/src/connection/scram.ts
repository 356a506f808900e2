import { ProtocolError } from '../errors.ts';
import { concat, text } from './writer.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const unbase64 = (value: string): Bytes => Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
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
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 256));
}

const attributes = (message: string): Map<string, string> =>
  new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));

/** Iterations above this would only serve to keep us busy. */
const MAX_ITERATIONS = 10_000_000;

/**
 * The client's side of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677).
 *
 * Postgres takes the user name from the startup message and ignores the one here
 * (https://www.postgresql.org/docs/current/sasl-authentication.html).
 */
export class Scram {
  readonly #password: string;
  readonly #user: string;
  readonly #nonce: string;
  #serverSignature = '';
  #verified = false;

  /** @param nonce  for test vectors; random otherwise */
  constructor(password: string, user = '', nonce = base64(crypto.getRandomValues(new Uint8Array(18)))) {
    this.#password = password;
    this.#user = user;
    this.#nonce = nonce;
  }

  get #bare(): string {
    return `n=${this.#user},r=${this.#nonce}`;
  }

  first(): string {
    return `n,,${this.#bare}`;
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
    const without = `c=${base64(text('n,,'))},r=${nonce}`;
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
export const saslInitial = (mechanism: string, first: string): Uint8Array => {
  const payload = text(first);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, payload.length);
  return concat(text(`${mechanism}\0`), length, payload);
};
