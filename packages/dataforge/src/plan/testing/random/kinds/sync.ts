import { isPlain, type Pair } from '../pair.ts';
import { newColumn, type Place, type TableSketch } from '../sketch.ts';
import { harmless, type Kind } from './kind.ts';

const isSynced = ({ side, scope }: TableSketch): boolean => side === 'both' && scope !== null;

function change(pair: Pair, accept: (table: TableSketch) => boolean, make: (table: TableSketch) => void): boolean {
  const table = pair.table((one) => accept(one) && pair.isFree(one.id, 'access'));
  if (!table || !pair.claim(table.id, 'access')) return false;
  make(table);
  return true;
}

const access: readonly Kind[] = [
  harmless('table writable by clients', (pair) =>
    change(
      pair,
      (table) => isSynced(table) && table.writers.length === 0,
      (table) => (table.writers = ['editor']),
    ),
  ),
  harmless('table writable by clients no more', (pair) =>
    change(
      pair,
      ({ writers }) => writers.length > 0,
      (table) => (table.writers = []),
    ),
  ),
  harmless('table read by others', (pair) =>
    change(pair, isSynced, (table) => (table.readers = table.readers.length > 1 ? ['editor'] : ['reader', 'editor'])),
  ),
  harmless('writes compared otherwise', (pair) => {
    const table = pair.table();
    if (table) table.merge = table.merge === 'row' ? 'column' : 'row';
    return table !== undefined;
  }),
];

/** Whether something that clients compute or fill reads it. */
const isRead = ({ after }: Pair, { column: { id } }: Place): boolean =>
  after.tables.some(({ columns }) =>
    columns.some(({ generated, backfill }) =>
      [generated?.formula, backfill].some((formula) => formula?.columns.includes(id)),
    ),
  );

const sides: readonly Kind[] = [
  harmless('column on the server only', (pair) => {
    const [found] = pair.columns(
      (place) =>
        isPlain(place) &&
        place.column.side === 'both' &&
        pair.isFree(place.column.id, 'existence') &&
        !isRead(pair, place),
    );
    const { column } = found ?? pair.plant('text');
    column.side = 'server';
    return pair.claim(column.id, 'null');
  }),
  harmless('column on both sides', (pair) => {
    const [found] = pair.columns(
      (place) =>
        isPlain(place) &&
        place.column.side === 'server' &&
        place.column.nullable &&
        pair.isFree(place.column.id, 'existence'),
    );
    const { column } = found ?? pair.plant('text', { side: 'server' });
    column.side = 'both';
    return pair.claim(column.id, 'null');
  }),
  /** A column that is stored out of line asks for the full old row. */
  harmless('scoped table gets a long text', (pair) => {
    const table = pair.table(
      (one) =>
        one.scope?.name === 'org' &&
        !one.key.includes(one.scope.column ?? '') &&
        !one.columns.some(({ generated }) => generated?.kind === 'virtual'),
    );
    table?.columns.push(newColumn(pair.id('c'), pair.name(), 'text'));
    return table !== undefined && pair.claim(table.id, 'scope');
  }),
];

export const syncKinds: readonly Kind[] = [...access, ...sides];
