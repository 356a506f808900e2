import type { IndexEntry, TableEntry } from '../catalog/types.ts';
import { fingerprint, objectName } from '../ir/names.ts';
import { readable } from './condition.ts';
import { array, callWith, object, sql, text, type Call } from './layout.ts';
import { inNameOrder, unquote } from './names.ts';

/** Indices of a table that no constraint owns: with TypeORM's words where it has them, else with Postgres's. */
export const indicesOf = (table: string, entry: TableEntry, lost: ReadonlySet<string>): Call[] =>
  inNameOrder(entry.indices)
    .filter(([name]) => !lost.has(`index ${table}.${name}`))
    .map(([name, index]) => sayIndex(unquote(table), unquote(name), index, entry));

const PLAIN = /^USING (btree|hash|gist|spgist|gin|brin) \(([^()]*)\)(?: WHERE (.*))?$/s;

function sayIndex(table: string, name: string, { unique, definition }: IndexEntry, { columns }: TableEntry): Call {
  const [, method = '', list = '', condition] = PLAIN.exec(definition) ?? [];
  const names = list.split(', ');
  const isUnique = unique ? 'true' : undefined;
  if (method === '' || !names.every((column) => column in columns)) {
    return callWith(
      'SqlIndex',
      [sql(definition.replace(/^USING btree /, ''))],
      object({ name: text(name), unique: isUnique }),
    );
  }
  const own = names.map(unquote);
  const where = condition === undefined ? undefined : readable(condition);
  const ours = objectName('ix', table, ...own, ...(where === undefined ? [] : [fingerprint(` where ${where}`)]));
  const options = object({
    unique: isUnique,
    type: method === 'btree' ? undefined : text(method),
    where: where === undefined ? undefined : sql(where),
  });
  return callWith('Index', [...(name === ours ? [] : [text(name)]), array(own.map(text))], options);
}
