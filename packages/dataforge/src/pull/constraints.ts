import type { ConstraintEntry, TableEntry } from '../catalog/types.ts';
import { objectName } from '../ir/names.ts';
import { readable } from './condition.ts';
import { array, callWith, call, object, sql, text, type Call } from './layout.ts';
import { inNameOrder, unquote } from './names.ts';

export interface Constraints {
  readonly decorators: readonly Call[];
  /** Columns that are unique under the name that we would give. */
  readonly uniques: ReadonlySet<string>;
  /** Columns, joined, that are unique: a relation that holds them is one-to-one. */
  readonly oneToOnes: ReadonlySet<string>;
}

/** Uniques, checks and exclusions, as far as decorators can say them. */
export function constraintsOf(table: string, { constraints }: TableEntry, lost: ReadonlySet<string>): Constraints {
  const decorators: Call[] = [];
  const uniques = new Set<string>();
  const oneToOnes = new Set<string>();
  for (const [name, entry] of inNameOrder(constraints)) {
    if (lost.has(`constraint ${table}.${name}`) || !isSayable(entry)) continue;
    const own = unquote(name);
    const { kind, definition } = entry;
    const columns = entry.columns.map(unquote);
    if (kind === 'check') decorators.push(call('Check', text(own), sql(readable(definition.slice('CHECK '.length)))));
    if (kind === 'exclusion') decorators.push(call('Exclusion', text(own), sql(definition.slice('EXCLUDE '.length))));
    if (kind !== 'unique') continue;
    const isOurs = own === objectName('uq', unquote(table), ...columns);
    const deferrable = definition.endsWith('DEFERRED') ? text('INITIALLY DEFERRED') : undefined;
    if (!deferrable) oneToOnes.add(columns.join());
    if (isOurs && entry.columns[0] !== undefined && columns.length === 1 && !deferrable) uniques.add(entry.columns[0]);
    else
      decorators.push(
        callWith('Unique', [...(isOurs ? [] : [text(own)]), array(columns.map(text))], object({ deferrable })),
      );
  }
  return { decorators, uniques, oneToOnes };
}

/** Whether a decorator says all of a constraint; foreign keys are looked at elsewhere. */
export function isSayable({ kind, definition, columns }: ConstraintEntry): boolean {
  switch (kind) {
    case 'unique': {
      const plain = `UNIQUE (${columns.join(', ')})`;
      return definition === plain || definition === `${plain} DEFERRABLE INITIALLY DEFERRED`;
    }
    case 'check':
      return definition.endsWith(')');
    case 'exclusion':
      return !definition.includes(' DEFERRABLE');
    case 'primary':
    case 'foreign':
      return true;
  }
}
