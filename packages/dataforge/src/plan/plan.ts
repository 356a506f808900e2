import type { Catalog } from '../catalog/types.ts';
import { ForgeError } from '../errors.ts';
import type { Backfills } from './columns.ts';
import { diffCatalogs } from './diff.ts';
import type { Shadow } from './shadow.ts';
import type { Phase, Step } from './step.ts';

/** What only the author of a change can know. */
export interface Intent {
  /** Table (as SQL) → its name before. */
  readonly renamedTables?: ReadonlyMap<string, string>;
  /** `table.column`, with the table's new name → the column's name before. */
  readonly renamedColumns?: ReadonlyMap<string, string>;
  readonly backfills?: Backfills;
}

export interface Plan {
  readonly steps: readonly Step[];
}

/**
 * Plans the way from a history of migrations to a wanted schema, and proves it: after its steps the shadow's catalog is
 * the wanted one.
 *
 * @param history  migrations that were applied, in order
 * @param wanted   creates the wanted schema in an empty database
 * @throws {ForgeError} `schema_refused`: the wanted schema is none; `no_conversion`: Postgres refuses a step; `plan_unproved`: the steps lead elsewhere
 */
export async function planChange(
  shadow: Shadow,
  history: readonly string[],
  wanted: string,
  intent: Intent = {},
): Promise<Plan> {
  await shadow.reset();
  await create(shadow, wanted);
  const to = await shadow.catalog();
  await shadow.reset();
  for (const sql of history) await shadow.run(sql);
  const renames = renameSteps(await shadow.catalog(), to, intent);
  await apply(shadow, renames); // Postgres carries every definition along; what is compared then has its new names
  const steps = diffCatalogs(await shadow.catalog(), to, intent.backfills);
  for (const phase of ['labels', 'expand', 'contract'] as const) {
    await apply(
      shadow,
      steps.filter((step) => step.phase === phase),
    );
  }
  const rest = diffCatalogs(await shadow.catalog(), to);
  if (rest.length > 0) {
    throw new ForgeError(
      'plan_unproved',
      `After these steps the schema is still not the wanted one: ${rest.map(({ sql }) => sql).join(' ')}`,
      'This is a defect of the planner: write this migration by hand, and report the two models.',
    );
  }
  return { steps: inOrder([...renames, ...steps]) };
}

async function create(shadow: Shadow, wanted: string): Promise<void> {
  try {
    await shadow.run(wanted);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new ForgeError(
      'schema_refused',
      `Postgres refuses the schema of these entities: ${said}`,
      'Look for a check, default, index or scope that names a column or type which is not there.',
    );
  }
}

/** Renames come first, but a label added in a transaction before them still has the old type’s name, which stays. */
const inOrder = (steps: readonly Step[]): Step[] =>
  (['labels', 'expand', 'contract'] as const).flatMap((phase: Phase) => steps.filter((step) => step.phase === phase));

async function apply(shadow: Shadow, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return;
  try {
    await shadow.run(steps.map(({ sql }) => sql).join('\n'));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new ForgeError(
      'no_conversion',
      `Postgres refuses this change: ${said}`,
      'Add a new column beside the old one and move the values in a migration of your own.',
    );
  }
}

function renameSteps(from: Catalog, to: Catalog, intent: Intent): Step[] {
  const steps: Step[] = [];
  const before = new Map<string, string>();
  for (const [now, old] of intent.renamedTables ?? []) {
    if (!(old in from.tables) || now in from.tables || !(now in to.tables)) continue;
    before.set(now, old);
    steps.push(rename(`alter table ${old} rename to ${now.replace(/^.*\./, '')};`, `Renames ${old} to ${now}`, now));
  }
  for (const [path, old] of intent.renamedColumns ?? []) {
    const at = path.lastIndexOf('.');
    const table = path.slice(0, at);
    const now = path.slice(at + 1);
    const columns = from.tables[before.get(table) ?? table]?.columns ?? {};
    if (!(old in columns) || now in columns) continue;
    steps.push(
      rename(`alter table ${table} rename column ${old} to ${now};`, `Renames ${table}.${old} to ${now}`, table),
    );
  }
  return steps;
}

const rename = (sql: string, why: string, table: string): Step => ({
  sql,
  why,
  table,
  risk: 'rename',
  phase: 'expand',
});
