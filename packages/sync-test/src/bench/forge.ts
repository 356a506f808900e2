import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { summarise, type Bench } from './figure.ts';

const ENTITIES = 40;
const RUNS = 7;
const SCHEMA = resolve(import.meta.dirname, '../../../schema');
const CLI = join(dirname(createRequire(import.meta.url).resolve('@vibestack/dataforge')), 'cli.ts');

/** How long a developer waits: the whole command, from the shell and back. */
export const forge: Bench = async (report) => {
  mkdirSync(join(SCHEMA, 'dist'), { recursive: true });
  const dir = mkdtempSync(join(SCHEMA, 'dist/bench-'));
  try {
    cpSync(join(SCHEMA, 'package.json'), join(dir, 'package.json'));
    writeFileSync(join(dir, 'pnpm-workspace.yaml'), ''); // the application's queries are not of these entities
    writeEntities(join(dir, 'src'));
    const conditions = `${ENTITIES} entities of 12 columns, whole process`;
    await time(dir, ['gen']); // migrations and generated files are there from here on
    for (const [figure, args, bar] of [
      ['entities to model (explain)', ['explain', 'Thing1'], 2000],
      ['nothing changed (check)', ['check'], undefined],
    ] as const) {
      const samples: number[] = [];
      for (let run = 0; run < RUNS; run++) samples.push(await time(dir, args));
      const about = { bench: 'forge', figure, unit: 'ms', conditions };
      report(summarise(bar === undefined ? about : { ...about, atMost: bar }, samples));
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
};

async function time(dir: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  await promisify(execFile)(process.execPath, [CLI, ...args, '--schema', dir, '--json']);
  return performance.now() - started;
}

/** A chain of tables in one scope, each with a relation to the one before it. */
function writeEntities(src: string): void {
  mkdirSync(join(src, 'entities'), { recursive: true });
  writeFileSync(
    join(src, 'scopes.ts'),
    `import { scope } from '@vibestack/dataforge/entities';
export const root = scope('root', { roles: ['member'], members: 'select thing_id as scope_id, user_id, role from thing_2' });\n`,
  );
  for (let n = 1; n <= ENTITIES; n++) writeFileSync(join(src, `entities/thing-${n}.ts`), entitySource(n));
}

function entitySource(n: number): string {
  const columns = Array.from({ length: 8 }, (_, i) => `  @Column('text', { nullable: true }) c${i}!: string | null;\n`);
  const before = `Thing${n - 1}`;
  const relation = `  @Column('uuid') thing_id!: string;
  @ManyToOne(() => ${before}) @JoinColumn({ name: 'thing_id' }) thing!: Relation<${before}>;
  @Column('uuid') user_id!: string;
  @Column('text') role!: string;
`;
  return `import { Access, DomainEntity, Scope } from '@vibestack/dataforge/entities';
import { Column, Entity${n === 1 ? '' : ', JoinColumn, ManyToOne, type Relation'} } from 'typeorm';
import { root } from '../scopes.ts';
${n === 1 ? '' : `import { ${before} } from './thing-${n - 1}.ts';\n`}
@Entity('thing_${n}')
@Scope(root${n === 1 ? '' : ', (t) => t.thing'})
@Access(root, { read: 'member', write: 'member' })
export class Thing${n} extends DomainEntity {
${columns.join('')}${n === 1 ? '' : relation}}
`;
}
