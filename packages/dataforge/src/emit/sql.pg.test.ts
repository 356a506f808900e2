import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readLiveCatalog } from '../catalog/index.ts';
import { buildModel } from '../ir/build-model.ts';
import { LIBRARY } from '../ir/testing/library.ts';
import { Shadow, diffCatalogs } from '../plan/index.ts';
import { wantedSql } from './wanted.ts';

const model = await buildModel(LIBRARY);
const [BRANCH, OTHER, BOOK, NOTE, ANN] = [1, 2, 3, 4, 5].map((n) => `0190b0a0-0000-7000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
  string,
];
const NOWHERE = '00000000-0000-0000-0000-000000000000';
let database: TestDatabase;
let shadow: Shadow;

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  shadow = await Shadow.open();
  await database.sql.begin(async (tx) => {
    await tx.unsafe(
      `set local search_path to public; set local check_function_bodies = off; ${wantedSql(model, 'server')}`,
    );
  });
  await database.sql`insert into branch (id, name) values (${BRANCH}, 'North'), (${OTHER}, 'South')`;
  await database.sql`insert into book (id, branch_id, title, year) values (${BOOK}, ${BRANCH}, 'Faust', 1808)`;
});

afterAll(async () => {
  await shadow.close();
  await database.drop();
});

describe('a schema with one of everything', () => {
  it('is the same in the shadow as on a real server', async () => {
    await shadow.reset();
    await shadow.run(wantedSql(model, 'server'));
    const real = await readLiveCatalog(database.sql);
    expect(diffCatalogs(real, await shadow.catalog())).toEqual([]);
  });

  it('can be made on the client, where constraints wait for the end of the transaction', async () => {
    await shadow.reset();
    await shadow.run(wantedSql(model, 'client'));
    const { tables } = await shadow.catalog();
    expect(Object.keys(tables).sort()).toEqual([
      'book',
      'book_genre',
      'branch',
      'draft',
      'genre',
      'loan',
      'note',
      'person',
      'staff',
    ]);
    const foreign = Object.values(tables).flatMap(({ constraints }) =>
      Object.values(constraints).filter(({ kind }) => kind === 'foreign'),
    );
    expect(foreign.length).toBeGreaterThan(3);
    for (const { definition } of foreign) expect(definition).toMatch(/DEFERRABLE INITIALLY DEFERRED$/);
  });

  it('keeps a row where its parent is, whatever is written', async () => {
    const { sql } = database;
    await sql`insert into loan (book_id, day, kind) values (${BOOK}, '2026-01-01', 'room')`;
    expect(await sql`select branch_id from loan`).toEqual([{ branch_id: BRANCH }]);
    await expect(sql`update loan set branch_id = ${OTHER}`).rejects.toThrow('foreign key');
    await sql`update book set branch_id = ${OTHER} where id = ${BOOK}`;
    expect(await sql`select branch_id from loan`).toEqual([{ branch_id: OTHER }]);
    await sql`update book set branch_id = ${BRANCH} where id = ${BOOK}`;
  });

  it('lets a row without a parent be nobody’s, and back', async () => {
    const { sql } = database;
    await sql`insert into note (id, book_id) values (${NOTE}, ${BOOK})`;
    await sql`update note set book_id = null`;
    expect(await sql`select branch_id from note`).toEqual([{ branch_id: NOWHERE }]);
    await expect(sql`update note set branch_id = ${BRANCH}`).rejects.toThrow('ck_note_scope');
    await sql`update note set book_id = ${BOOK}`;
    expect(await sql`select branch_id from note`).toEqual([{ branch_id: BRANCH }]);
  });

  it('clocks only what clients may write', async () => {
    const clocked =
      await database.sql`select tgrelid::regclass::text as t from pg_trigger where tgname = 'vibestack_clock' order by 1`;
    expect(clocked.map(({ t }) => t as string)).toEqual(['book', 'book_genre', 'loan', 'note', 'person', 'staff']);
  });

  it('takes updates of tables with generated columns into the WAL', async () => {
    const [row] =
      await database.sql`update book set title = 'FAUST' where id = ${BOOK} returning title_lower, replace(title_lower, 'f', 'F') as t`;
    expect(row).toEqual({ title_lower: 'faust', t: 'Faust' });
    const [publication] = await database.sql`select pubgencols from pg_publication where pubname = 'vibestack'`;
    expect(publication).toEqual({ pubgencols: 's' });
  });

  it('deletes with the parent, and unhooks what may stand alone', async () => {
    const { sql } = database;
    await sql`insert into person (id, name, email) values (${ANN}, 'Ann', 'ANN@example.com')`;
    await sql`delete from book where id = ${BOOK}`;
    expect(await sql`select count(*)::int as n from loan`).toEqual([{ n: 0 }]);
    expect(await sql`select book_id, branch_id from note`).toEqual([{ book_id: null, branch_id: NOWHERE }]);
  });
});
