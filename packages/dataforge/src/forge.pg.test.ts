import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@vibestack/dev-postgres/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

const SCHEMA = resolve(import.meta.dirname, '../../schema');
const CLI = resolve(import.meta.dirname, 'cli.ts');
/** The example's own migrations. */
const NEWEST = readdirSync(join(SCHEMA, 'migrations/server')).filter((name) => name.endsWith('.sql')).length;

let dir: string;
let database: TestDatabase;

/** A copy of the application's hub, where its dependencies are still found, in a workspace of its own. */
beforeEach(async () => {
  dir = mkdtempSync(join(SCHEMA, 'dist/forge-'));
  writeFileSync(join(dir, 'pnpm-workspace.yaml'), '');
  for (const part of ['src', 'migrations', 'generated', 'package.json']) {
    cpSync(join(SCHEMA, part), join(dir, part), { recursive: true });
  }
  database = await createTestDatabase(inject('postgresUrl'));
});

afterEach(async () => {
  rmSync(dir, { recursive: true });
  await database.drop();
});

interface Said {
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly fix?: string;
  readonly written?: readonly string[];
  readonly applied?: readonly number[];
  readonly contractSteps?: number;
  readonly drift?: readonly { readonly sql: string }[];
  readonly version?: number;
  readonly problems?: readonly { readonly code: string; readonly where?: string; readonly message: string }[];
}

const forge = (...args: string[]): Promise<Said> =>
  new Promise((done, fail) => {
    const all = [CLI, '--schema', dir, '--url', database.url, '--json', ...args];
    execFile(process.execPath, all, (error, stdout, stderr) => {
      const line = stdout.trim().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) done(JSON.parse(line) as Said);
      else fail(new Error(`${error?.message ?? ''}\n${stderr}`));
    });
  });

const entity = (name: string) => join(dir, `src/entities/${name}.ts`);
const edit = (name: string, change: (source: string) => string) => {
  const before = readFileSync(entity(name), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(entity(name), after);
};
const addProperty = (name: string, property: string) => {
  edit(name, (source) => source.replace(/\}\s*$/, `  ${property}\n}\n`));
};

const LABEL = `import { DomainEntity, Access, Scope } from '@vibestack/dataforge/entities';
import { Column, Entity, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { projectScope } from '../scopes.ts';
import { Project } from './project.ts';

@Entity('label')
@Scope(projectScope, (label) => label.project)
@Access(projectScope, { read: 'viewer', write: 'editor' })
export class Label extends DomainEntity {
  @Column('uuid') project_id!: string;
  @ManyToOne(() => Project, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'project_id' }) project!: Relation<Project>;
  @Column('text') name!: string;
}
`;

const page = (source: string) => {
  const path = join(dir, 'apps/page/src/projects.ts');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { sql } from '@repo/schema/client';\n${source}`);
};

describe('forge', () => {
  it('brings an entity of one new file into the database, the types and the synchronised tables', async () => {
    expect(await forge('migrate', 'apply')).toMatchObject({ ok: true, version: NEWEST });
    expect(await forge('gen')).toMatchObject({ ok: true });
    expect(await forge('check')).toMatchObject({ ok: true, warnings: [] });
    writeFileSync(entity('label'), LABEL);
    expect(await forge('check')).toMatchObject({ ok: false, code: 'migration_missing' });

    const { written } = await forge('gen', '--name', 'labels');
    expect(written).toEqual(
      expect.arrayContaining([
        `migrations/server/000${NEWEST + 1}_labels.sql`,
        expect.stringMatching(/^migrations\/client\/\d+_labels\.sql$/),
        'generated/client/entities/label.ts',
        'generated/server/validators/label.ts',
      ]),
    );
    expect(await forge('check')).toMatchObject({ ok: true });
    expect(await forge('migrate', 'apply')).toMatchObject({ applied: [NEWEST + 1], version: NEWEST + 1 });
    expect(await forge('migrate', 'status')).toMatchObject({ version: NEWEST + 1, drift: [] });
    const published = await database.sql`select 1 from pg_publication_tables where tablename = 'label'`;
    expect(published).toHaveLength(1);
    expect(readFileSync(join(dir, 'generated/client/entities/label.ts'), 'utf8')).toMatch(/interface LabelRow/);
    expect(readFileSync(join(dir, 'generated/client/schema.ts'), 'utf8')).toContain(`name: 'label'`);
    expect(await forge('gen')).toMatchObject({ written: [] });
  });

  it('types the SQL of the application, and says where a name is misspelt', async () => {
    page("export const open = sql('select id, name from project where archived = :archived');");
    expect(await forge('gen')).toMatchObject({ ok: true });
    expect(readFileSync(join(dir, 'generated/client/queries.ts'), 'utf8')).toContain(
      `params: { readonly archived: boolean };\n    row: { readonly id: string; readonly name: string };`,
    );
    page("export const open = sql('select id, nam from project');");
    const refused = await forge('gen');
    expect(refused).toMatchObject({ ok: false, code: 'queries_refused' });
    expect(refused.problems?.[0]?.where).toMatch(/projects\.ts:2$/);
    expect(refused.message).toMatch(/column "nam" does not exist/);
    expect(readFileSync(join(dir, 'generated/client/queries.ts'), 'utf8')).not.toContain('nam from');
    expect(await forge('check')).toMatchObject({ ok: false, code: 'queries_refused' });
  });

  it('takes views and functions of the application’s own SQL along, on the sides that their names say', async () => {
    const script = (name: string, text: string) => {
      mkdirSync(join(dir, 'src/sql/first'), { recursive: true });
      writeFileSync(join(dir, 'src/sql', name), text);
    };
    script('open_project.sql', 'create view open_project as select id, name from project where not archived;');
    script(
      'first/slug.server.sql',
      `create function slug(t text) returns text immutable language sql as 'select lower(t)';`,
    );
    addProperty('project', `@ServerOnly() @Column('text', { default: () => "slug('None')" }) slug!: string;`);
    edit('project', (source) => source.replace('DomainEntity,', 'DomainEntity, ServerOnly,'));
    page("export const open = sql('select name from open_project');");
    expect(await forge('gen', '--name', 'own_sql')).toMatchObject({ ok: true });
    expect(readFileSync(join(dir, 'generated/client/queries.ts'), 'utf8')).toContain('row: { readonly name: string };');
    expect(readFileSync(join(dir, 'generated/client/migrations.ts'), 'utf8')).not.toContain('slug');
    await forge('migrate', 'apply');
    await database.sql`insert into project (id, name) values (gen_random_uuid(), 'Kept')`;
    expect(await database.sql`select slug, o.name from project join open_project o using (id)`).toEqual([
      { slug: 'none', name: 'Kept' },
    ]);
    expect(await forge('migrate', 'status')).toMatchObject({ drift: [] });

    rmSync(join(dir, 'src/sql/open_project.sql'));
    expect(await forge('gen')).toMatchObject({ ok: false, code: 'queries_refused' });
    await forge('migrate', 'apply');
    await expect(database.sql`select from open_project`).rejects.toThrow('does not exist');
  });

  it('drops nothing without a yes, and then only when no old code runs any more', async () => {
    await forge('migrate', 'apply');
    await database.sql`insert into project (id, name) values (gen_random_uuid(), 'kept')`;
    edit('project', (source) => source.replace(/^.*archived.*\n/m, ''));
    expect(await forge('gen')).toMatchObject({ ok: true, contractSteps: 1 });
    await forge('migrate', 'apply');
    expect(await database.sql`select archived from project`).toEqual([{ archived: false }]);

    const refused = await forge('migrate', 'contract');
    expect(refused).toMatchObject({ ok: false, code: 'risk_refused' });
    expect(refused.message).toContain('Drops project.archived and its values (destructive)');
    expect(refused.fix).toContain('--allow destructive');
    await forge('migrate', 'contract', '--allow', 'destructive');
    await forge('migrate', 'apply');
    expect(await forge('migrate', 'status')).toMatchObject({ drift: [] });
    expect(await database.sql`select name from project`).toEqual([{ name: 'kept' }]);
    await expect(database.sql`select archived from project`).rejects.toThrow('does not exist');
  });

  it('renames by declaration, fills as declared, and describes', async () => {
    await forge('migrate', 'apply');
    await database.sql`insert into project (id, name) values (gen_random_uuid(), 'kept')`;
    await database.sql`update project set name = 'Kept'`;
    const clocks = () =>
      database.sql`select columns -> 'name' as name, columns -> 'title' as title from vibestack.row_clock`;
    const [before] = await clocks();
    edit('project', (source) =>
      source
        .replace(/DomainEntity,/, 'Backfill, DomainEntity, Describe, RenamedFrom,')
        .replace('char_length(name)', 'char_length(title)')
        .replace(
          /^(\s*)(@Column.*) name!: string;/m,
          `$1@RenamedFrom('name') @Describe('What people call it') $2 title!: string;`,
        ),
    );
    addProperty('project', `@Backfill('lower(title)') @Column('text') slug!: string;`);
    expect(await forge('gen')).toMatchObject({ ok: false, code: 'risk_refused' });
    expect(await forge('gen', '--allow', 'rewrite,data')).toMatchObject({ ok: true });
    await forge('migrate', 'apply');
    expect(await database.sql`select title, slug from project`).toEqual([{ title: 'Kept', slug: 'kept' }]);
    expect(await clocks()).toEqual([{ name: null, title: before?.['name'] as unknown }]);
    const [said] = await database.sql`
      select col_description(attrelid, attnum) as text from pg_attribute
      where attrelid = 'project'::regclass and attname = 'title'`;
    expect(said).toEqual({ text: 'What people call it' });
  });

  it('leaves nothing half done when a migration is refused', async () => {
    await forge('migrate', 'apply');
    await database.sql`insert into project (id, name) values (gen_random_uuid(), 'same'), (gen_random_uuid(), 'same')`;
    addProperty('project', `@Column('text', { nullable: true }) motto!: string | null;`);
    edit('project', (source) =>
      source.replace(/@Entity\(/, `@Unique(['name'])\n@Entity(`).replace(/^/, `import { Unique } from 'typeorm';\n`),
    );
    await forge('gen', '--allow', 'data');
    const refused = await forge('migrate', 'apply');
    expect(refused).toMatchObject({ ok: false, code: 'migration_failed' });
    expect(refused.message).toContain('(name)=(same) is duplicated');
    expect(await forge('migrate', 'status')).toMatchObject({ version: NEWEST, drift: [] });
    await database.sql`update project set name = id::text`;
    expect(await forge('migrate', 'apply')).toMatchObject({ ok: true, applied: [NEWEST + 1] });
  });

  it('sees a change by hand, and says how to undo it', async () => {
    await forge('migrate', 'apply');
    await database.sql`alter table task alter column title drop not null`;
    const { drift } = await forge('migrate', 'status');
    expect(drift?.map(({ sql }) => sql)).toEqual(['alter table task alter column title set not null;']);
  });

  it('waits for a lock no longer than is good for others, and comes back', async () => {
    await forge('migrate', 'apply');
    addProperty('project', `@Column('text', { nullable: true }) motto!: string | null;`);
    await forge('gen');
    const holder = await database.sql.reserve();
    await holder`begin`;
    await holder`lock table project in access exclusive mode`;
    const applying = forge('migrate', 'apply');
    await new Promise((wait) => setTimeout(wait, 4000));
    await holder`rollback`;
    holder.release();
    expect(await applying).toMatchObject({ ok: true, applied: [NEWEST + 1] });
  });

  it('is done once by two deployers at the same time', async () => {
    const both = await Promise.all([forge('migrate', 'apply'), forge('migrate', 'apply')]);
    expect(both.map(({ applied }) => applied?.length).sort()).toEqual([0, NEWEST]);
  });

  it('refuses a table on which people would wait, until that is meant', async () => {
    await forge('migrate', 'apply');
    edit('project', (source) =>
      source.replace(/@Entity\(/, `@Index(['name'])\n@Entity(`).replace(/^/, `import { Index } from 'typeorm';\n`),
    );
    await forge('gen');
    await database.sql`update pg_class set reltuples = 2e6 where oid = 'project'::regclass`;
    const refused = await forge('migrate', 'apply');
    expect(refused).toMatchObject({ ok: false, code: 'large_table' });
    expect(refused.message).toContain('2,000,000 rows');
    expect(await forge('migrate', 'apply', '--allow', 'blocking')).toMatchObject({ ok: true, applied: [NEWEST + 1] });
  });

  it('notices that a migration was edited after it was made', async () => {
    const file = readdirSync(join(dir, 'migrations/server')).find((name) => name.endsWith('.sql')) ?? '';
    appendFileSync(join(dir, 'migrations/server', file), '-- a small change\n');
    expect(await forge('check')).toMatchObject({ ok: false, code: 'history_changed' });
    expect(existsSync(join(dir, 'migrations/server/lock.json'))).toBe(true);
  });

  it('explains an entity: its table, who may see it, and how its rows find their scope', async () => {
    expect(await forge('explain', 'Comment')).toMatchObject({
      table: {
        name: 'comment',
        scope: { name: 'project', column: 'project_id', parent: { table: 'task', columns: ['task_id'] } },
        access: { write: ['editor', 'owner'] },
      },
    });
  });

  it('generates at each save while it watches', async () => {
    const watching = spawn(process.execPath, [CLI, 'gen', '--watch', '--schema', dir], {
      stdio: 'pipe',
      env: { ...process.env, DATABASE_URL: '' },
    });
    const said = (text: string) =>
      new Promise<void>((done) => {
        watching.stdout.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes(text)) done();
        });
      });
    await said('Watching');
    writeFileSync(entity('label'), LABEL);
    await said('generated/client/entities/label.ts');
    rmSync(entity('label'));
    await said('generated/client/entities/label.ts');
    expect(existsSync(join(dir, 'generated/client/entities/label.ts'))).toBe(false);
    watching.kill('SIGINT');
    await new Promise((done) => watching.once('exit', done));
  });

  it('fills a migrated database once', async () => {
    await forge('migrate', 'apply');
    expect(await forge('seed', '--size', 'small')).toMatchObject({ ok: true, seeded: true, rows: 1000 });
    expect(await forge('seed')).toMatchObject({ ok: true, seeded: false });
  });

  it('looks at everything that has to be in order, and says what is not', async () => {
    await forge('gen');
    const early = await forge('doctor');
    expect(early).toMatchObject({ ok: false, code: 'unwell' });
    expect(early.problems?.map(({ code }) => code)).toEqual(['migrations_pending']);
    await forge('migrate', 'apply');
    expect(await forge('doctor')).toMatchObject({ ok: true });
    await database.sql`alter table task drop column due_on`;
    expect((await forge('doctor')).problems?.map(({ code }) => code)).toEqual(['drift']);
  });

  it.each([
    ['a flag that is none', ['gen', '--forse'], 'bad_arguments'],
    ['a command that is none', ['generate'], 'unknown_command'],
    ['a risk that is none', ['gen', '--allow', 'everything'], 'bad_risk'],
    ['an entity that is none', ['explain', 'Tsk'], 'unknown_entity'],
    ['a database that is not there', ['migrate', 'apply', '--url', 'postgres://127.0.0.1:1/x'], 'database_unreachable'],
    ['a folder without entities', ['gen', '--schema', '/tmp'], 'no_schema'],
  ])('says what to do about %s', async (_, args, code) => {
    const said = await forge(...args);
    expect(said).toMatchObject({ ok: false, code });
    expect(said.fix).toBeTruthy();
  });
});
