import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { SERVER, SOMEBODY_ELSE } from '../connection/testing/certificates.ts';
import { startTlsPostgres, type TlsPostgres } from '../connection/testing/tls-postgres.ts';
import { startWorkerd, type BareWorkerd } from './testing/bare-workerd.ts';
import type { Answer, Question } from './testing/worker.ts';

let directory: string;
let server: TlsPostgres;
let trusting: BareWorkerd;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vibestack-workerd-'));
  trusting = await start(SERVER.certificate);
  server = await startTlsPostgres(inject('postgresRelease'));
  return async () => {
    await trusting.stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
});

const start = (trusted: string): Promise<BareWorkerd> =>
  startWorkerd({ directory, entry: join(import.meta.dirname, 'testing/worker.ts'), trusted });

async function ask(sql: string, parameters = '', { url } = trusting): Promise<Answer> {
  const question: Question = { url: `${server.url}?${parameters}`, sql };
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(question) });
  return response.json<Answer>();
}

type Refusal = Extract<Answer, { error: unknown }>;
type Rows = Extract<Answer, { rows: unknown }>;

const TLS = 'select version from pg_stat_ssl where pid = pg_backend_pid()';

describe('a connection in workerd', () => {
  it('is under TLS, and signs in by SCRAM', async () => {
    const encrypted = { rows: [[expect.stringMatching(/^TLSv1\.[23]$/)]] };
    expect(await ask(TLS, 'sslmode=require')).toMatchObject(encrypted);
    expect(await ask(TLS, 'sslmode=require&channel_binding=disable')).toMatchObject(encrypted);
  });

  it('may be in the clear', async () => {
    expect(await ask(TLS, 'sslmode=disable')).toMatchObject({ rows: [[null]] });
  });

  it('is refused when the certificate is not trusted', async () => {
    const wary = await start(SOMEBODY_ELSE.certificate);
    const { error } = (await ask(TLS, 'sslmode=require', wary)) as Refusal;
    await wary.stop();
    expect(error).toMatchObject({
      name: 'ConnectionLostError',
      message: expect.stringContaining('No TLS with') as string,
    });
  });

  it('cannot be bound to the certificate, and says what to write instead', async () => {
    const { error } = (await ask(TLS, 'sslmode=require&channel_binding=require')) as Refusal;
    expect(error).toMatchObject({
      name: 'UrlError',
      message: expect.stringContaining('channel_binding=disable') as string,
    });
  });

  it('has no files with certificates', async () => {
    const { error } = (await ask(TLS, 'sslmode=require&sslrootcert=/ca.pem')) as Refusal;
    expect(error).toMatchObject({ name: 'UrlError', message: expect.stringContaining('sslrootcert') as string });
  });

  it('says that nothing answers, and that the password is wrong', async () => {
    expect(await ask(TLS, 'port=1&sslmode=disable')).toMatchObject({ error: { name: 'ConnectionLostError' } });
    expect(await ask(TLS, 'password=wrong')).toMatchObject({ error: { name: 'PgError', sqlstate: '28P01' } });
  });

  it('yields rows in pieces, and the bytes of a COPY', async () => {
    const answer = (await ask('select n from generate_series(1, 50000) n', 'sslmode=require')) as Rows;
    expect(answer.rows).toHaveLength(50_000);
    expect(answer.pieces).toBeGreaterThan(5);
    const copy = `copy (select repeat('x', 999) from generate_series(1, 20000)) to stdout`;
    expect(await ask(copy, 'sslmode=require')).toEqual({ bytes: 20_000_000 });
  });
});
