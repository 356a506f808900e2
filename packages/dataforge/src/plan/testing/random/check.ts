import { wantedSql } from '../../../emit/wanted.ts';
import { sideOf } from '../../../ir/side.ts';
import type { Model } from '../../../ir/types.ts';
import { planChange, type Shadow, type Step } from '../../index.ts';
import type { RealDatabase } from '../database.ts';
import { differencesOf } from './compare.ts';
import { differentRows, insertSql, readRows } from './contents.ts';
import { filesOf, misjudged, silentCosts } from './costs.ts';
import { intentOf } from './intent.ts';
import type { Change } from './make-pair.ts';
import { Mismatch } from './mismatch.ts';
import { Oracle } from './oracle.ts';
import { toModel } from './render.ts';
import { makeRows } from './rows.ts';
import type { Sketch } from './sketch.ts';

export interface Bench {
  readonly shadow: Shadow;
  /** The first model with rows, on which the plan is carried out. */
  readonly real: RealDatabase;
  /** The second model, made anew. */
  readonly wanted: RealDatabase;
}

/** One side of a change: what is planned for it, and what that does to rows. @throws {Mismatch} */
export async function checkSide(bench: Bench, change: Change, side: 'server' | 'client'): Promise<void> {
  const { shadow, real, wanted } = bench;
  const { before, after } = change;
  const models = { before: toModel(before, before), after: toModel(after, before) };
  const sql = { before: wantedSql(models.before, side), after: wantedSql(models.after, side) };
  const visible = {
    before: visibleIn(before, sideOf(models.before, side)),
    after: visibleIn(after, sideOf(models.after, side)),
  };
  let steps: readonly Step[] = [];
  const refuse = (what: string): never => {
    throw new Mismatch(change, models, side, steps, what);
  };
  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      const detail = error instanceof Error && 'detail' in error ? ` (${String(error.detail)})` : '';
      return refuse(`${what}: ${error instanceof Error ? error.message : String(error)}${detail}`);
    }
  };

  await attempt('the first model is refused', () => real.create(sql.before));
  const made = makeRows(change.random.copy(), before, after);
  await attempt('its rows are refused', () => real.run(insertSql(before, made, visible.before)));
  const rows = await readRows(real, before, visible.before);
  const files = await filesOf(real);

  const intent = intentOf(sideOf(models.after, side));
  const plan = await attempt('there is no plan', () => planChange(shadow, [sql.before], sql.after, intent));
  steps = plan.steps;
  await attempt('a step is refused', () => real.runPhases(steps));
  await wanted.create(sql.after);

  const schema = differencesOf(await real.catalog(), await wanted.catalog());
  if (schema.length > 0) refuse(`the schema is another: ${schema.join('\n')}`);
  const oracle = new Oracle(before, after, rows, visible);
  const wrong =
    differentRows(after, visible.after, oracle, await readRows(real, after, visible.after)) ??
    silentCosts(files, await filesOf(real), steps) ??
    (side === 'server' ? misjudged(change, steps) : null);
  if (wrong !== null) refuse(wrong);
}

/** Ids of the tables and columns that a side has. */
function visibleIn({ tables }: Sketch, model: Model): Set<string> {
  const shown = new Map(model.tables.map((table) => [table.name, new Set(table.columns.map(({ name }) => name))]));
  return new Set(
    tables.flatMap(({ id, name, columns }) => {
      const own = shown.get(name);
      return own ? [id, ...columns.filter((column) => own.has(column.name)).map((column) => column.id)] : [];
    }),
  );
}
