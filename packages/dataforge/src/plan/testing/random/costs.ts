import { RISKS, type Risk, type Step } from '../../index.ts';
import type { RealDatabase } from '../database.ts';
import type { Change } from './make-pair.ts';

const isAtLeast = (risk: Risk, least: Risk): boolean => RISKS.indexOf(risk) >= RISKS.indexOf(least);

/** Each kind of change implies a risk; harmless ones alone imply none that has to be said yes to. */
export function misjudged({ kinds }: Change, steps: readonly Step[]): string | null {
  const highest = RISKS[Math.max(0, ...steps.map(({ risk }) => RISKS.indexOf(risk)))] ?? 'none';
  const low = kinds.find(({ risk }) => !isAtLeast(highest, risk));
  if (low) return `'${low.name}' is ${low.risk}, the plan only ${highest}`;
  const isHarmless = kinds.every(({ harmless }) => harmless);
  return isHarmless && isAtLeast(highest, 'rewrite') ? `harmless, and planned as ${highest}` : null;
}

interface Stored {
  readonly file: string;
  readonly table: string;
  readonly isIndex: boolean;
}

/** The files that Postgres keeps tables and indices in: another file is one that was written anew. */
export async function filesOf(database: RealDatabase): Promise<readonly Stored[]> {
  const [files = []] = await database.query<Stored>(
    `select c.relfilenode::text as file, c.relkind = 'i' as "isIndex",
       case c.relkind when 'r' then c.oid else i.indrelid end::regclass::text as table
     from pg_class c left join pg_index i on i.indexrelid = c.oid
     where c.relkind in ('r', 'i') and c.relnamespace = 'public'::regnamespace`,
  );
  return files;
}

/** Tables that were written anew, or got an index built, although no step says so. */
export function silentCosts(
  before: readonly Stored[],
  after: readonly Stored[],
  steps: readonly Step[],
): string | null {
  const old = new Set(before.map(({ file }) => file));
  const made = new Set(steps.flatMap(({ sql }) => /^create table (\S+|"[^"]*") \(/.exec(sql)?.[1] ?? []));
  const found = after.find(({ file, table, isIndex }) => {
    const least = isIndex ? 'blocking' : 'rewrite';
    return (
      !old.has(file) && !made.has(table) && !steps.some((step) => step.table === table && isAtLeast(step.risk, least))
    );
  });
  return found ? `${found.table} ${found.isIndex ? 'gets an index' : 'is rewritten'} without a word` : null;
}
