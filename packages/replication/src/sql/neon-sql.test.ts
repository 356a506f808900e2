import { neon, neonConfig } from '@neondatabase/serverless';
import { afterEach, describe, expect, it } from 'vitest';
import { neonHttpSql } from './neon-sql.ts';

afterEach(() => {
  neonConfig.fetchFunction = undefined;
});

/** What the driver makes of an answer of Neon's proxy. */
function failure(answer: () => Response): Promise<unknown> {
  neonConfig.fetchFunction = () => Promise.resolve().then(answer);
  return neonHttpSql(neon('postgres://a:b@db.example/d'))
    .query('select 1')
    .catch((error: unknown) => error);
}

describe('an answer of Neon’s proxy', () => {
  it.each([
    ['an HTTP status of 503', () => new Response('starting', { status: 503 })],
    ['too many requests', () => new Response('slow down', { status: 429 })],
    [
      'nothing',
      () => {
        throw new TypeError('fetch failed');
      },
    ],
    [
      'a code of the platform',
      () => {
        throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      },
    ],
  ])('%s is a lost connection: worth another try', async (_, answer) => {
    expect(await failure(answer)).toMatchObject({ name: 'ConnectionLostError' });
  });

  it.each([
    ['an HTTP status of 404', () => new Response('no such endpoint', { status: 404 })],
    ['a refusal without a code', () => Response.json({ message: 'response is too large' }, { status: 400 })],
  ])('%s is an error of its own: asking again would not help', async (_, answer) => {
    expect(await failure(answer)).toMatchObject({ name: 'PgError', sqlstate: '58000' });
  });

  it('an error of Postgres keeps its SQLSTATE', async () => {
    const body = { message: 'no', code: '42P01', severity: 'ERROR', routine: 'parserOpenTable' };
    expect(await failure(() => Response.json(body, { status: 400 }))).toMatchObject({
      message: 'no',
      sqlstate: '42P01',
      routine: 'parserOpenTable',
    });
  });
});
