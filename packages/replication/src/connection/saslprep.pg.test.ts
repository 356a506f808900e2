import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connect } from '../node/index.ts';
import { PgConnection } from './connection.ts';
import { saslprep } from './saslprep.ts';

let database: TestDatabase;
let db: PgConnection;
let role: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  db = await PgConnection.open(connect, database.url);
  role = database.name;
  await db.simple(`create role "${role}" login`);
  // Where it can be set (since Postgres 16), to be fast.
  await db.simple(`select set_config(name, '1', false) from pg_settings where name = 'scram_iterations'`);
});

afterAll(async () => {
  await db.simple(`drop role "${role}"`);
  await db.close();
  await database.drop();
});

/** What Postgres keeps of a password that it is given in the clear: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey. */
async function stored(password: string): Promise<{ iterations: number; salt: Uint8Array; storedKey: string }> {
  await db.simple(`alter role "${role}" password ${quote(password)}`);
  const { rows } = await db.query('select rolpassword from pg_authid where rolname = $1', [role]);
  const [, iterations, salt, storedKey] = /^SCRAM-SHA-256\$(\d+):(.*)\$(.*):/.exec(rows[0]?.[0] ?? '') ?? [];
  return {
    iterations: Number(iterations),
    salt: Uint8Array.from(atob(salt ?? ''), (char) => char.charCodeAt(0)),
    storedKey: storedKey ?? '',
  };
}

const quote = (text: string): string => ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const codePoints = (...ranges: readonly (readonly [number, number])[]): fc.Arbitrary<string> =>
  fc.oneof(...ranges.map(([min, max]) => fc.integer({ min, max }))).map((code) => String.fromCodePoint(code));

it('passwords are prepared as Postgres prepares them', async () => {
  const character = fc.oneof(
    codePoints([0x21, 0x7e]),
    codePoints([0xa0, 0xff], [0x2000, 0x206f], [0x2100, 0x218f], [0x1800, 0x180f]),
    codePoints([0x0590, 0x06ff], [0xfb1d, 0xfdff], [0xfe70, 0xfeff]),
    codePoints([1, 0xd7ff], [0xe000, 0x10ffff]),
  );
  const password = fc.array(character, { minLength: 1, maxLength: 6 }).map((characters) => characters.join(''));
  await fc.assert(
    fc.asyncProperty(password, async (text) => {
      const { iterations, salt, storedKey } = await stored(text);
      const salted = pbkdf2Sync(saslprep(text), salt, iterations, 32, 'sha256');
      const clientKey = createHmac('sha256', salted).update('Client Key').digest();
      expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey);
    }),
    { numRuns: 500 },
  );
});

it.each(['Ünïcödé', 'a\u00a0b', 'I\u00adX', '\u2168', 'A\u030a🚀', '\u0627\u0628', '\u0627b\u2168', '%:@/?#&='])(
  'signs in with the password %j',
  async (password) => {
    await stored(password);
    const url = new URL(database.url);
    url.username = role;
    url.password = encodeURIComponent(password);
    const connection = await PgConnection.open(connect, url.href);
    expect((await connection.query('select current_user')).rows).toEqual([[role]]);
    await connection.close();
  },
);
