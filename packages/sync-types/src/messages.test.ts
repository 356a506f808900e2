import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hlcFromMillis } from './hlc.ts';
import { lsnFromBigInt, type Epoch } from './lsn.ts';
import { MAX_CLIENT_MESSAGE, MessageError, encodeMessage, parseClientMessage, type ClientMessage } from './messages.ts';
import { scopeKey } from './schema.ts';

const clientId = '0190b0a0-0000-7000-8000-000000000001';
const mutation = {
  clientId,
  id: 1,
  hash: 'a'.repeat(64),
  hlc: hlcFromMillis(1_700_000_000_000),
  schemaVersion: 1,
  ops: [{ op: 'patch' as const, table: 'task', key: 'k', row: { title: 'x', body: null } }],
};
const messages: ClientMessage[] = [
  {
    type: 'hello',
    clientId,
    schemaVersion: 1,
    schemaHash: 'abc',
    position: { epoch: 'e' as Epoch, lsn: lsnFromBigInt(7n) },
    scopes: [scopeKey('project', 'p'), scopeKey('global')],
    outboxClientIds: [],
  },
  { type: 'staged', nonce: 'n' },
  { type: 'push', mutations: [mutation] },
  { type: 'ack', lsn: lsnFromBigInt(9n), results: { [clientId]: 3 } },
];

it.each(messages)('$type survives the wire', (message) => {
  expect(parseClientMessage(encodeMessage(message))).toEqual(message);
});

it('whatever else arrives is a MessageError, never another exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify({ type: 'hello', ...(value as object) })),
      ),
      (text) => {
        expect(() => parseClientMessage(text)).toThrow(MessageError);
      },
    ),
  );
});

it.each([
  ['an unknown field', { type: 'staged', nonce: 'n', admin: true }],
  ['a clock beyond 63 bits', { type: 'push', mutations: [{ ...mutation, hlc: 'f'.repeat(16) }] }],
  ['a mutation without ops', { type: 'push', mutations: [{ ...mutation, ops: [] }] }],
  ['an LSN in Postgres’s notation', { type: 'ack', lsn: '0/16B3740', results: {} }],
])('%s is refused', (_, message) => {
  expect(() => parseClientMessage(JSON.stringify(message))).toThrow(MessageError);
});

it('a message above the limit is refused before it is parsed', () => {
  expect(() => parseClientMessage('['.repeat(MAX_CLIENT_MESSAGE + 1))).toThrow('too long');
});
