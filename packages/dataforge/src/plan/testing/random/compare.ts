import type { Catalog } from '../../../catalog/types.ts';

/** Where two catalogs differ, whatever the planner's own comparison overlooks: everything but the order of columns. */
export function differencesOf(found: Catalog, wanted: Catalog): string[] {
  // Extensions stay where nobody needs them any more: they may be others'.
  return compare('', { ...found, extensions: [] }, { ...wanted, extensions: [] });
}

function compare(path: string, found: unknown, wanted: unknown): string[] {
  if (isRecord(found) && isRecord(wanted)) {
    const names = new Set([...Object.keys(found), ...Object.keys(wanted)]);
    return [...names].flatMap((name) => compare(`${path} ${name}`, own(found, name), own(wanted, name)));
  }
  // Of two indices that a reference could lean on, it leans on the older.
  if (path.endsWith(' references by')) return [];
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  return a === b ? [] : [`${path}: ${a} instead of ${b}`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (record: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;
