const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Six bits by character code; 64 for what carries none: line breaks and padding. */
const NONE = 64;
const SIX_BITS = new Uint8Array(256).fill(NONE);
for (let i = 0; i < ALPHABET.length; i++) SIX_BITS[ALPHABET.charCodeAt(i)] = i;

/** Reads what `encode(…, 'base64')` of Postgres wrote, line breaks included; trusts it. */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 3) >> 2);
  let length = 0;
  let bits = 0;
  let waiting = 0;
  for (let i = 0; i < text.length; i++) {
    const six = SIX_BITS[text.charCodeAt(i)] as number;
    if (six === NONE) continue;
    bits = (bits << 6) | six;
    waiting += 6;
    if (waiting < 8) continue;
    waiting -= 8;
    bytes[length++] = bits >> waiting;
    bits &= 0xff; // at most six bits wait; a long text must not overflow
  }
  return bytes.subarray(0, length);
}
