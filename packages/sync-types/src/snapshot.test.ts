import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFrame, readFrames, type FrameKind } from './snapshot.ts';

async function* cut(bytes: Uint8Array, at: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const to of [...at.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    yield await Promise.resolve(bytes.slice(from, to));
    from = to;
  }
}

const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.uint8Array({ maxLength: 300 })), { maxLength: 8 });

const encode = (list: readonly (readonly [number, Uint8Array])[]): Uint8Array =>
  new Uint8Array(list.flatMap(([kind, payload]) => [...encodeFrame(kind as FrameKind, payload)]));

it('frames are read back, wherever the network cuts them', async () => {
  await fc.assert(
    fc.asyncProperty(frames, fc.array(fc.nat()), async (list, cuts) => {
      const read: [number, Uint8Array][] = [];
      for await (const { kind, payload } of readFrames(cut(encode(list), cuts))) read.push([kind, payload.slice()]);
      expect(read).toEqual(list);
    }),
  );
});

it('a body that ends inside a frame is an error, not a shorter snapshot', async () => {
  const bytes = encode([[3, new Uint8Array(10)]]).slice(0, -1);
  await expect(async () => {
    for await (const { kind } of readFrames(cut(bytes, []))) expect(kind).toBe(3);
  }).rejects.toThrow('broke off');
});
