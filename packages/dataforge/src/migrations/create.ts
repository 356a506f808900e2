import { wantedSql } from '../emit/wanted.ts';
import { ForgeError } from '../errors.ts';
import { readHistory, writeMigration, type HistorySide } from './history.ts';
import { quoteIfNeeded } from '../ir/names.ts';
import { sideOf } from '../ir/side.ts';
import type { Model } from '../ir/types.ts';
import { planChange, type Intent, type Phase, type Risk, type Shadow, type Step } from '../plan/index.ts';

/** What is missing between the migrations and the entities. */
export interface Pending {
  readonly side: HistorySide;
  readonly steps: readonly Step[];
  /** No migration is there yet: the whole schema is the first. */
  readonly first: string | null;
}

export interface CreateOptions {
  /** Lower case with underscores. */
  readonly name?: string | undefined;
  /** Risks that were said yes to. */
  readonly allow: readonly Risk[];
  /** Also what may only run when no old code runs any more. */
  readonly contract: boolean;
}

/** Risks that nobody takes by accident. Renames were declared; what blocks is judged by the size of the table it meets. */
const REFUSED: readonly Risk[] = ['rewrite', 'data', 'destructive'];

/** Plans both sides. @throws {ForgeError} of `planChange` */
export async function planPending(shadow: Shadow, schemaDir: string, model: Model): Promise<Pending[]> {
  const pending: Pending[] = [];
  for (const side of ['server', 'client'] as const) {
    pending.push(await pendingOf(shadow, schemaDir, side, wantedSql(model, side), intentOf(sideOf(model, side))));
  }
  return pending;
}

async function pendingOf(
  shadow: Shadow,
  schemaDir: string,
  side: HistorySide,
  wanted: string,
  intent: Intent,
): Promise<Pending> {
  const history = readHistory(schemaDir, side).map(({ sql }) => sql);
  if (history.length === 0) return { side, steps: [], first: wanted };
  const { steps } = await planChange(shadow, history, wanted, intent);
  return { side, steps, first: null };
}

const intentOf = ({ tables }: Model): Intent => ({
  renamedTables: new Map(
    tables.flatMap(({ name, renamedFrom }) =>
      renamedFrom === null ? [] : [[quoteIfNeeded(name), quoteIfNeeded(renamedFrom)]],
    ),
  ),
  renamedColumns: new Map(
    tables.flatMap(({ name, columns }) =>
      columns.flatMap((column): [string, string][] =>
        column.renamedFrom === null ? [] : [[pathOf(name, column.name), quoteIfNeeded(column.renamedFrom)]],
      ),
    ),
  ),
  backfills: new Map(
    tables.flatMap(({ name, columns }) =>
      columns.flatMap((column): [string, string][] =>
        column.backfill === null ? [] : [[pathOf(name, column.name), column.backfill]],
      ),
    ),
  ),
});

const pathOf = (table: string, column: string): string => `${quoteIfNeeded(table)}.${quoteIfNeeded(column)}`;

/**
 * Writes migrations for what is pending.
 *
 * @returns their paths below the schema package
 * @throws {ForgeError} `risk_refused`, with every step that needs a yes; nothing is written then
 */
export function createMigrations(schemaDir: string, pending: readonly Pending[], options: CreateOptions): string[] {
  refuseRisks(pending, options);
  return pending.flatMap(({ side, steps, first }) => {
    if (first !== null) return [writeMigration(schemaDir, side, options.name ?? 'init', { sql: first, steps: [] })];
    const name = options.name ?? nameOf(steps);
    return phasesOf(side, options).flatMap(([phases, suffix]) => {
      const part = steps.filter(({ phase }) => phases.includes(phase));
      if (part.length === 0) return [];
      return [writeMigration(schemaDir, side, name + suffix, { sql: sqlOf(part), steps: part })];
    });
  });
}

/** Steps that are due: a client runs one version of the code only, so nothing waits there. */
export const dueSteps = ({ side, steps }: Pending, contract: boolean): readonly Step[] =>
  steps.filter(({ phase }) => side === 'client' || contract || phase !== 'contract');

const phasesOf = (side: HistorySide, { contract }: CreateOptions): (readonly [readonly Phase[], string])[] => [
  [['labels'], '_labels'],
  ...(side === 'client'
    ? [[['expand', 'contract'], ''] as const]
    : [[['expand'], ''] as const, ...(contract ? [[['contract'], '_contract'] as const] : [])]),
];

function refuseRisks(pending: readonly Pending[], { allow, contract }: CreateOptions): void {
  const server = pending.filter(({ side }) => side === 'server');
  const refused = refusedSteps(
    server.flatMap((one) => dueSteps(one, contract)),
    allow,
  );
  if (refused) throw refused;
}

/** @returns `risk_refused`, with every step that needs a yes and has none; null when there is no such step */
export function refusedSteps(steps: readonly Step[], allow: readonly string[]): ForgeError | null {
  const refused = steps.filter(({ risk }) => REFUSED.includes(risk) && !allow.includes(risk));
  if (refused.length === 0) return null;
  const risks = [...new Set(refused.map(({ risk }) => risk))];
  return new ForgeError(
    'risk_refused',
    `Not without a yes: ${refused.map(({ risk, why }) => `${why} (${risk})`).join('; ')}.`,
    `If that is meant, add --allow ${risks.join(',')}`,
  );
}

const sqlOf = (steps: readonly Step[]): string => steps.map(({ why, sql }) => `-- ${why}\n${sql}\n`).join('\n');

/** From the first step's sentence: `Adds task.estimate` → `adds_task_estimate`. */
const nameOf = ([first]: readonly Step[]): string =>
  (first?.why ?? 'change')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 40)
    .replace(/_$/, '');
