import type { Catalog } from '../catalog/types.ts';
import { ForgeError } from '../errors.ts';
import { diffCatalogs } from './diff.ts';
import type { Backfills } from './fills.ts';
import { bare } from './names.ts';
import { renameSteps } from './renames.ts';
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
  const old = await shadow.catalog();
  const renames = renameSteps(old, to, intent, history);
  await apply(shadow, renames); // Postgres carries every definition along; what is compared then has its new names
  const from = renames.length > 0 ? await shadow.catalog() : old;
  const steps = diffCatalogs(from, to, backfillsOf(to, intent));
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

/** Backfills by the names that catalogs have. */
function backfillsOf(to: Catalog, { backfills = new Map() }: Intent): Backfills {
  const given = new Map([...backfills].map(([path, expression]) => [bare(path), expression]));
  const paths = Object.entries(to.tables).flatMap(([table, { columns }]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
  return new Map(
    paths.flatMap((path): [string, string][] => {
      const expression = given.get(bare(path));
      return expression === undefined ? [] : [[path, expression]];
    }),
  );
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
