import { expect, it } from 'vitest';
import { Rpc, WorkerLostError, type Methods } from './rpc.ts';

function pair(left: Methods, right: Methods, events?: (event: string, data: unknown) => void): [Rpc, Rpc] {
  const { port1, port2 } = new MessageChannel();
  port1.start();
  port2.start();
  return [new Rpc(port1, left, events), new Rpc(port2, right)];
}

it('each side calls the other', async () => {
  const [left, right] = pair(
    { double: (n: number) => n * 2 },
    { greet: (name: string) => Promise.resolve(`Hello ${name}`) },
  );
  expect(await left.call('greet', 'Ann')).toBe('Hello Ann');
  expect(await right.call('double', 21)).toBe(42);
});

it('an error keeps its name, code and sentence', async () => {
  const fail = () => {
    throw Object.assign(new RangeError('Too far.'), { code: 'too_far' });
  };
  const [left] = pair({}, { fail });
  await expect(left.call('fail')).rejects.toMatchObject({ name: 'RangeError', code: 'too_far', message: 'Too far.' });
  await expect(left.call('nothing')).rejects.toThrow("no method 'nothing'");
});

it('no call is left hanging when the other side dies', async () => {
  const [left] = pair({}, { never: () => new Promise(() => undefined) });
  const call = left.call('never');
  left.lose('The worker died');
  await expect(call).rejects.toThrow(WorkerLostError);
  await expect(left.call('never')).rejects.toThrow(WorkerLostError);
});

it('events arrive', async () => {
  const seen = await new Promise((resolve) => {
    const [, right] = pair({}, {}, (event, data) => {
      resolve([event, data]);
    });
    right.emit('status', { phase: 'live' });
  });
  expect(seen).toEqual(['status', { phase: 'live' }]);
});
