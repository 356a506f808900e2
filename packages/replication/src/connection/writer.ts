const encoder = new TextEncoder();

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

export const int16 = (value: number): Uint8Array => new Uint8Array([(value >> 8) & 255, value & 255]);

export const int32 = (value: number): Uint8Array =>
  new Uint8Array([(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);

export const text = (value: string): Uint8Array => encoder.encode(value);

/** A zero-terminated string. @throws {TypeError} the text itself has a zero, which Postgres cannot store */
export const cstring = (value: string): Uint8Array => {
  if (value.includes('\0')) throw new TypeError('Postgres text cannot contain a zero character');
  return encoder.encode(`${value}\0`);
};

/** A message of the client: type letter, length, body. */
export const message = (type: string, ...body: readonly Uint8Array[]): Uint8Array => {
  const payload = concat(...body);
  return concat(text(type), int32(payload.length + 4), payload);
};

/** A message without a type: StartupMessage, SSLRequest, CancelRequest. */
export const untyped = (...body: readonly Uint8Array[]): Uint8Array => {
  const payload = concat(...body);
  return concat(int32(payload.length + 4), payload);
};
