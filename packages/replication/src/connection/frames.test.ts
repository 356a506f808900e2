import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { FrameReader } from './frames.ts';
import { concat, message } from './writer.ts';

/** Cuts bytes into chunks of the given lengths, again and again. */
function* chunks(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    yield bytes.slice(at, at + length);
    at += length;
  }
}

/** Reads as the channel does: all that is whole, then more bytes. */
function readAll(parts: Iterable<Uint8Array>, reader = new FrameReader()): { type: number; body: number[] }[] {
  const frames: { type: number; body: number[] }[] = [];
  for (const part of parts) {
    reader.push(part);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      frames.push({ type: frame.type, body: [...frame.body] });
    }
  }
  expect(reader.buffered).toBe(0);
  return frames;
}

it('however the bytes are split, the messages are the same', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 });
  const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(bodies, lengths, (sent, sizes) => {
      const bytes = concat(...sent.map((body) => message('d', body)));
      expect(readAll(chunks(bytes, sizes))).toEqual(sent.map((body) => ({ type: 0x64, body: [...body] })));
    }),
  );
});

it('a long message that comes byte by byte is not copied again for each', () => {
  const body = new Uint8Array(300_000).map((_, i) => i);
  const reader = new FrameReader();
  for (const chunk of chunks(message('D', body), [1])) reader.push(chunk);
  expect(reader.next()?.body).toEqual(body);
});

it('a body stays valid while the messages after it are cut', () => {
  const reader = new FrameReader();
  reader.push(concat(message('d', new Uint8Array([1, 2])), message('d', new Uint8Array([3]))));
  const first = reader.next();
  expect(reader.next()?.body).toEqual(new Uint8Array([3]));
  expect(first?.body).toEqual(new Uint8Array([1, 2]));
});

it.each([
  ['shorter than its own length', [0x44, 0, 0, 0, 3]],
  ['longer than Postgres makes any', [0x44, 0x7f, 0xff, 0xff, 0xff]],
])('a message that is %s is refused before its bytes come', (_, bytes) => {
  const reader = new FrameReader();
  reader.push(new Uint8Array(bytes));
  expect(() => reader.next()).toThrow(ProtocolError);
});

it('the longest message that is accepted can be set', () => {
  const reader = new FrameReader(104);
  reader.push(concat(message('d', new Uint8Array(100)), message('d', new Uint8Array(101))));
  expect(reader.next()?.body).toHaveLength(100);
  expect(() => reader.next()).toThrow('105 bytes');
});
