import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { readWalsenderMessage, statusUpdate } from './copy-both.ts';

const keepalive = (walEnd: bigint, reply: number) => {
  const body = new Uint8Array(18);
  body[0] = 0x6b;
  new DataView(body.buffer).setBigUint64(1, walEnd);
  body[17] = reply;
  return body;
};

describe('a message of the walsender', () => {
  it('is data behind a head of 25 bytes', () => {
    const body = new Uint8Array(27).fill(7, 25);
    body[0] = 0x77;
    expect(readWalsenderMessage(body)).toEqual({ kind: 'data', payload: new Uint8Array([7, 7]) });
  });

  it('is a keepalive with a 64-bit position, which may want an answer', () => {
    expect(readWalsenderMessage(keepalive(0xffff_ffff_ffff_fff0n, 1))).toEqual({
      kind: 'keepalive',
      walEnd: 0xffff_ffff_ffff_fff0n,
      replyRequested: true,
    });
    expect(readWalsenderMessage(keepalive(1n, 0))).toMatchObject({ replyRequested: false });
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['another letter', new Uint8Array(30).fill(0x78)],
    ['a keepalive that breaks off', keepalive(1n, 0).subarray(0, 17)],
    ['data without a payload', new Uint8Array(25).fill(0x77)],
  ])('is not %s', (_, body) => {
    expect(() => readWalsenderMessage(body)).toThrow(ProtocolError);
  });
});

it('a status update says three times what was acknowledged, at a time of Postgres’s epoch', () => {
  const body = statusUpdate(0x16_b374_d848n, Date.UTC(2000, 0, 1, 0, 0, 1), true);
  const view = new DataView(body.buffer);
  expect([body[0], body.length, body[33]]).toEqual([0x72, 34, 1]);
  expect([view.getBigUint64(1), view.getBigUint64(9), view.getBigUint64(17)]).toEqual(Array(3).fill(0x16_b374_d848n));
  expect(view.getBigInt64(25)).toBe(1_000_000n);
  expect(statusUpdate(0n, 0, false)[33]).toBe(0);
});
