import { expect, it } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { Scram } from './scram.ts';

// The example of RFC 7677, section 3.
const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_FIRST = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const exchange = () => new Scram('pencil', { flag: 'n' }, 'user', NONCE);

it('the client’s messages are those of RFC 7677', async () => {
  const scram = exchange();
  expect(scram.first()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
  expect(await scram.final(SERVER_FIRST)).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  );
  scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  expect(scram.verified).toBe(true);
});

it('says in its first message, and again under its proof, how it is bound to the connection', async () => {
  const bindings = [{ flag: 'y' }, { flag: 'p', endPoint: new Uint8Array([1, 2, 3]) }] as const;
  const [able, bound] = bindings.map((binding) => new Scram('pencil', binding, 'user', NONCE));
  expect(able?.mechanism).toBe('SCRAM-SHA-256');
  expect(able?.first()).toBe(`y,,n=user,r=${NONCE}`);
  expect(await able?.final(SERVER_FIRST)).toMatch(/^c=eSws,/);
  expect(bound?.mechanism).toBe('SCRAM-SHA-256-PLUS');
  expect(bound?.first()).toBe(`p=tls-server-end-point,,n=user,r=${NONCE}`);
  expect(await bound?.final(SERVER_FIRST)).toMatch(`c=${btoa('p=tls-server-end-point,,\x01\x02\x03')},`);
});

it('a server that does not know the password is found out', async () => {
  const scram = exchange();
  await scram.final(SERVER_FIRST);
  expect(() => {
    scram.verify('v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  }).toThrow(ProtocolError);
});

it.each([
  ['another nonce', 'r=somebodyelse,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
  ['our nonce with nothing added', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`],
  ['endless iterations', SERVER_FIRST.replace('4096', '99999999999')],
])('%s is refused', async (_, first) => {
  await expect(exchange().final(first)).rejects.toThrow(ProtocolError);
});
