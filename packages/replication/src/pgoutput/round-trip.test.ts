import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PgoutputDecoder } from './decoder.ts';
import type { PgoutputMessage } from './messages.ts';
import { messages } from './testing/arbitrary.ts';
import { encode } from './testing/encode.ts';

describe('a message', () => {
  it('of every kind is read as it was written', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(messages, (sent) => {
        const decoder = new PgoutputDecoder();
        for (const message of sent) {
          seen.add(message.kind);
          expect(decoder.decode(encode(message))).toStrictEqual(message);
        }
      }),
      { numRuns: 500 },
    );
    const kinds: Record<PgoutputMessage['kind'], true> = {
      begin: true,
      commit: true,
      origin: true,
      relation: true,
      type: true,
      insert: true,
      update: true,
      delete: true,
      truncate: true,
      message: true,
      'stream-start': true,
      'stream-stop': true,
      'stream-commit': true,
      'stream-abort': true,
    };
    expect([...seen].sort()).toEqual(Object.keys(kinds).sort());
  });

  it('does not change when its bytes are written over, nor does what was remembered of it', () => {
    fc.assert(
      fc.property(messages, (sent) => {
        const decoder = new PgoutputDecoder();
        const buffer = new Uint8Array(100_000);
        const read = sent.map((message) => {
          const bytes = encode(message);
          buffer.set(bytes, 7);
          const decoded = decoder.decode(buffer.subarray(7, 7 + bytes.length));
          buffer.fill(0xff);
          return decoded;
        });
        expect(read).toStrictEqual(sent);
      }),
    );
  });
});
