import type { Catalog } from '../catalog/types.ts';
import { compare, mentions } from './step.ts';

/**
 * Types whose change is not an addition: enums that lose or reorder labels, domains on another base, and domains on one
 * of those.
 */
export function replacedTypes(from: Catalog, to: Catalog): Set<string> {
  const enums = compare(from.enums, to.enums).kept.filter(([, before, after]) => !isSubsequence(before, after));
  const out = new Set(enums.map(([name]) => name));
  const domains = compare(from.domains, to.domains).kept;
  for (let size = -1; size < out.size;) {
    size = out.size;
    for (const [name, before, after] of domains) {
      if (before.type !== after.type || out.has(after.type.replace(/\[\]$/, ''))) out.add(name);
    }
  }
  return out;
}

/** Old labels in their old order, whatever stands between them: `ALTER TYPE … ADD VALUE` leads there. */
export function isSubsequence(before: readonly string[], after: readonly string[]): boolean {
  let at = 0;
  for (const label of after) if (label === before[at]) at += 1;
  return at === before.length;
}

/** Whether something that goes only when no old code runs any more is still of a type. */
export function outlives(from: Catalog, to: Catalog, type: string): boolean {
  const tables = Object.entries(from.tables).flatMap(([table, { columns }]) =>
    Object.entries(columns).filter(([name]) => !to.tables[table]?.columns[name]),
  );
  const functions = compare(from.functions, to.functions).removed;
  const domains = compare(from.domains, to.domains).removed;
  return (
    tables.some(([, column]) => mentions(`${column.type} ${column.default ?? ''}`, type)) ||
    functions.some(([, { shape }]) => mentions(shape, type)) ||
    domains.some(([, domain]) => mentions(domain.type, type))
  );
}
