import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { UrlError } from '../errors.ts';
import { connect } from '../node/index.ts';
import type { ByteSocket, Connect } from '../socket.ts';
import { PgConnection } from './connection.ts';
import { SOMEBODY_ELSE } from './testing/certificates.ts';
import { startTlsPostgres, type TlsPostgres } from './testing/tls-postgres.ts';
import { startTlsProxy, type TlsProxy } from './testing/tls-proxy.ts';
import { cstring, int32, message } from './writer.ts';

let server: TlsPostgres;

beforeAll(async () => {
  server = await startTlsPostgres(inject('postgresRelease'));
});

afterAll(async () => {
  await server.stop();
});

const open = async (parameters: string, port = server.port, by: Connect = connect): Promise<PgConnection> =>
  PgConnection.open(by, `${server.url}?sslmode=require&sslrootcert=${server.trusted}&port=${port}&${parameters}`);

/** Opens, asks and closes: the version of TLS that the session is under, as the server sees it. */
async function versionOfTls(connection: PgConnection): Promise<string | null> {
  const { rows } = await connection.query('select version from pg_stat_ssl where pid = pg_backend_pid()');
  await connection.close();
  return rows[0]?.[0] ?? null;
}

describe('a connection under TLS', () => {
  it('is encrypted, and bound to the certificate where that is required', async () => {
    expect(await versionOfTls(await open(''))).toMatch(/^TLSv1\.[23]$/);
    expect(await versionOfTls(await open('channel_binding=require'))).toMatch(/^TLSv1\.[23]$/);
    expect(await versionOfTls(await open('channel_binding=disable'))).toMatch(/^TLSv1\.[23]$/);
  });

  it('is taken where it is preferred, and left where it is not wanted', async () => {
    expect(await versionOfTls(await open('sslmode=prefer'))).toMatch(/^TLS/);
    expect(await versionOfTls(await open('sslmode=disable'))).toBeNull();
  });

  it('may be to an address', async () => {
    expect(await versionOfTls(await open('host=127.0.0.1'))).toMatch(/^TLS/);
  });

  it('carries large answers, and statements are cancelled under it too', async () => {
    const connection = await open('');
    const { rows } = await connection.query(`select repeat('x', 10000000)`);
    expect(rows[0]?.[0]).toHaveLength(10_000_000);
    const sleeping = connection.query('select pg_sleep(60)').catch((error: unknown) => error);
    const watcher = await open('');
    const asleep = () => watcher.query(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`);
    while ((await asleep()).rows.length === 0);
    await watcher.close();
    await connection.cancel();
    expect(await sleeping).toMatchObject({ sqlstate: '57014' });
    await connection.close();
  });

  it('is refused when the certificate is not trusted, with the reason', async () => {
    await expect(open('sslrootcert=system')).rejects.toMatchObject({
      name: 'ConnectionLostError',
      message: expect.stringMatching(/^No TLS with localhost:\d+ \(.*SELF_SIGNED.*\)$/) as string,
    });
  });

  it('is refused when the file of trusted certificates is missing', async () => {
    await expect(open('sslrootcert=/nowhere.pem')).rejects.toThrow('the file /nowhere.pem cannot be read');
  });

  it('is refused by a server that offers none, unless it is only preferred', async () => {
    const url = `${inject('postgresUrl')}?sslmode=`;
    await expect(PgConnection.open(connect, `${url}require`)).rejects.toThrow('does not offer TLS');
    const connection = await PgConnection.open(connect, `${url}prefer`);
    expect(await versionOfTls(connection)).toBeNull();
  });

  it('cannot be bound where the server offers no TLS', async () => {
    const url = `${inject('postgresUrl')}?sslmode=prefer&channel_binding=require`;
    await expect(PgConnection.open(connect, url)).rejects.toThrow('channel_binding=require');
  });
});

describe('a server that does not ask for SCRAM', () => {
  const as = (role: string, parameters = '') => open(`user=${role}&password=secret&${parameters}`);

  beforeAll(async () => {
    const admin = await open('');
    await admin.simple(`create role trusted login; create role cleartext login password 'secret';
      set password_encryption = 'md5'; create role outdated login password 'secret'`);
    await admin.close();
  });

  it('is told the password itself under TLS, or on this machine', async () => {
    expect(await versionOfTls(await as('cleartext'))).toMatch(/^TLS/);
    expect(await versionOfTls(await as('cleartext', 'sslmode=disable'))).toBeNull();
  });

  it('is told no password of which it knows an md5 hash', async () => {
    await expect(as('outdated')).rejects.toMatchObject({
      name: 'PgError',
      message: expect.stringMatching(/md5/) as string,
    });
  });

  it('may ask for nothing', async () => {
    expect(await versionOfTls(await as('trusted'))).toMatch(/^TLS/);
  });

  it.each(['trusted', 'cleartext'])('is not enough where channel binding is required: %s', async (role) => {
    await expect(as(role, 'channel_binding=require')).rejects.toThrow('channel_binding=require');
  });
});

const OFFER_WITHOUT_BINDING = message('R', int32(10), cstring('SCRAM-SHA-256'), new Uint8Array(1));

describe('somebody in the middle with a certificate that is trusted', () => {
  let proxy: TlsProxy;

  afterEach(async () => {
    await proxy.close();
  });

  it('is found out by channel binding, and only by it', async () => {
    proxy = await startTlsProxy(server.port, SOMEBODY_ELSE);
    await expect(open('', proxy.port)).rejects.toMatchObject({ name: 'PgError', sqlstate: '28000' });
    await expect(open('channel_binding=require', proxy.port)).rejects.toMatchObject({ name: 'PgError' });
    expect(await versionOfTls(await open('channel_binding=disable', proxy.port))).toMatch(/^TLS/);
  });

  it('is found out when it hides that the server offers channel binding', async () => {
    const hide = (bytes: Uint8Array): Uint8Array =>
      String.fromCharCode(...bytes).includes('SCRAM-SHA-256-PLUS') ? OFFER_WITHOUT_BINDING : bytes;
    proxy = await startTlsProxy(server.port, SOMEBODY_ELSE, hide);
    await expect(open('', proxy.port)).rejects.toMatchObject({ name: 'PgError', sqlstate: '28000' });
    await expect(open('channel_binding=require', proxy.port)).rejects.toThrow('channel_binding=require');
    expect(await versionOfTls(await open('channel_binding=disable', proxy.port))).toMatch(/^TLS/);
  });
});

describe('a platform that does not show the server’s certificate', () => {
  /** As workerd's sockets are. */
  const silent: Connect = async (target) => withoutCertificate(await connect(target));

  const withoutCertificate = (socket: ByteSocket): ByteSocket => ({
    read: () => socket.read(),
    write: (bytes) => socket.write(bytes),
    startTls: async () => withoutCertificate(await socket.startTls()),
    close: () => socket.close(),
  });

  it('signs in without channel binding', async () => {
    expect(await versionOfTls(await open('', server.port, silent))).toMatch(/^TLS/);
  });

  it('says what to write instead of channel_binding=require', async () => {
    const refused = open('channel_binding=require', server.port, silent);
    await expect(refused).rejects.toThrow(UrlError);
    await expect(refused).rejects.toThrow('Write channel_binding=disable (or prefer)');
  });
});
