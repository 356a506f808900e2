import type { Catalog } from '../catalog/types.ts';
import type { Backfills } from './fills.ts';
import { planPrograms } from './programs.ts';
import { whatToRebuild } from './rebuild.ts';
import { Steps, type Step } from './step.ts';
import { planTables } from './tables.ts';
import { planTypes } from './types.ts';

/**
 * The steps from one schema to another, in an order in which they run. Renames have been made before: what has another
 * name is another thing here.
 */
export function diffCatalogs(from: Catalog, to: Catalog, backfills: Backfills = new Map()): Step[] {
  const steps = new Steps();
  const rebuild = whatToRebuild(from, to);
  planTypes(from, to, steps, rebuild);
  planTables(from, to, steps, rebuild, backfills);
  planPrograms(from, to, steps, rebuild);
  return steps.sorted();
}
