import { describe, expect, it } from 'vitest';
import { PgConnection } from './connection.ts';
import { scripted } from './testing/scripted-socket.ts';
import { cstring, int32, message, text } from './writer.ts';

const BY_TLS = 'postgres://a:secret@db.example/d';
const ON_THIS_MACHINE = 'postgres://a:secret@localhost/d';

const OK = message('R', int32(0));
const SASL = message('R', int32(10), cstring('SCRAM-SHA-256'), new Uint8Array(1));
const READY = message('Z', text('I'));
const refusal = (sqlstate: string, said: string): Uint8Array =>
  message('E', text('SFATAL\0VFATAL\0'), cstring(`C${sqlstate}`), cstring(`M${said}`), new Uint8Array(1));

describe('the answer to an SSLRequest', () => {
  it.each([
    ['bytes injected after it (CVE-2021-23222)', ['SR'], 'ProtocolError', 'one byte'],
    ['nothing', [null], 'ConnectionLostError', 'closed the connection'],
    ['no TLS', ['N'], 'ProtocolError', 'does not offer TLS'],
    ['another protocol', ['H'], 'ProtocolError', 'as Postgres does'],
    ['an error', [refusal('53300', 'send money')], 'ConnectionLostError', 'answers with an error'],
  ])('%s is refused, and the socket closed', async (_, says, name, reason) => {
    const server = scripted(...says);
    const error = await PgConnection.open(server, BY_TLS).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name, message: expect.stringContaining(reason) as string });
    // What comes before encryption may be anybody's (CVE-2024-10977).
    expect(error).not.toMatchObject({ message: expect.stringContaining('money') as string });
    expect(server.closed()).toBe(true);
  });
});

describe('a sign-in', () => {
  it.each([
    ['skips its proof', [SASL, OK], 'ProtocolError', 'skipped its proof'],
    ['continues what did not begin', [message('R', int32(11), text('r=x'))], 'ProtocolError', 'before it began'],
    ['ends what did not begin', [message('R', int32(12), text('v=x'))], 'ProtocolError', 'before it began'],
    ['sends another salt than base64', [SASL, message('R', int32(11), text('r=x,s=?,i=1'))], 'ProtocolError', 'SCRAM'],
    ['speaks of something else', [message('D')], 'ProtocolError', 'during sign-in'],
    ['asks for Kerberos', [message('R', int32(7))], 'PgError', 'not supported'],
    ['offers no mechanism of ours', [message('R', int32(10), text('OAUTHBEARER\0\0'))], 'PgError', 'OAUTHBEARER'],
    ['breaks off', [SASL, null], 'ConnectionLostError', 'closed the connection'],
    ['is still starting up', [refusal('57P03', 'starting up')], 'PgError', 'starting up'],
    ['is full', [refusal('53300', 'too many clients')], 'PgError', 'too many clients'],
    ['ends after it', [OK, refusal('57P01', 'shutting down')], 'PgError', 'shutting down'],
    ['has anything to say after it but what belongs there', [OK, message('D')], 'ProtocolError', 'after sign-in'],
  ])('with a server that %s fails, and the socket is closed', async (_, says, name, reason) => {
    const server = scripted(...says);
    await expect(PgConnection.open(server, ON_THIS_MACHINE)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(reason) as string,
    });
    expect(server.closed()).toBe(true);
  });

  it('sends the password itself under TLS or to this machine, and to nobody else', async () => {
    const cleartext = message('R', int32(3));
    const says = [cleartext, OK, READY];
    await PgConnection.open(scripted(...says), ON_THIS_MACHINE);
    await PgConnection.open(scripted('S', ...says), BY_TLS);
    await expect(PgConnection.open(scripted('N', ...says), `${BY_TLS}?sslmode=prefer`)).rejects.toMatchObject({
      name: 'PgError',
      sqlstate: '28000',
      message: expect.stringContaining('not encrypted') as string,
    });
    await expect(PgConnection.open(scripted(...says), `${BY_TLS}?sslmode=disable`)).rejects.toMatchObject({
      name: 'PgError',
    });
  });

  it('to a standby is refused when the URL asks for the primary', async () => {
    const says = [OK, message('S', cstring('in_hot_standby'), cstring('on')), READY];
    await PgConnection.open(scripted(...says), ON_THIS_MACHINE);
    const primary = `${ON_THIS_MACHINE}?target_session_attrs=read-write`;
    await expect(PgConnection.open(scripted(...says), primary)).rejects.toMatchObject({ sqlstate: '25006' });
  });
});

it('a row that breaks off closes the connection: what follows cannot be told apart', async () => {
  const broken = message('D', new Uint8Array([0, 1, 0, 0, 0, 9, 65]));
  const db = await PgConnection.open(scripted(OK, READY, broken), ON_THIS_MACHINE);
  await expect(db.query('select 1')).rejects.toMatchObject({ name: 'ProtocolError' });
  expect(db.closed).toBe(true);
});
