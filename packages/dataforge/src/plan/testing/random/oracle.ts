import { EXPECTATIONS } from './conversions.ts';
import { formOf, type Formula } from './formulas.ts';
import type { Row, Rows } from './rows.ts';
import { bareType, find, type ColumnSketch, type Sketch, type TableSketch } from './sketch.ts';

/** A value that nobody can foretell: one of its own for each row, and never null. */
export const ITS_OWN = Symbol('its own');
export type Expected = Readonly<Record<string, string | null | typeof ITS_OWN>>;

/** What one side can see. */
export interface View {
  /** Ids of tables and columns. */
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

/**
 * What the rows must be after the change, from what they were and what the two sketches say: written without a look at
 * the planner, and without asking Postgres.
 */
export class Oracle {
  readonly #before: Sketch;
  readonly #after: Sketch;
  readonly #rows: Rows;
  readonly #view: View;
  readonly #known = new Map<string, Expected[]>();

  constructor(before: Sketch, after: Sketch, rows: Rows, view: View) {
    this.#before = before;
    this.#after = after;
    this.#rows = rows;
    this.#view = view;
  }

  /** @param id  a table's, of the sketch after */
  rows(id: string): Expected[] {
    const known = this.#known.get(id);
    if (known) return known;
    const table = find(this.#after.tables, id);
    const rows = (this.#rows.get(id) ?? []).map((row) => this.#row(table, row));
    this.#known.set(id, rows);
    return rows;
  }

  #row(table: TableSketch, old: Row): Expected {
    const row: Record<string, Expected[string]> = {};
    const visible = table.columns.filter(({ id }) => this.#view.after.has(id));
    const kept = visible.filter(({ id, generated }) => generated === null && this.#view.before.has(id));
    for (const column of kept) row[column.id] = this.#kept(column, old);
    for (const column of kept)
      if (row[column.id] === null && !column.nullable) row[column.id] = this.#filled(column, row);
    const added = visible.filter(({ id, generated }) => generated === null && !this.#view.before.has(id));
    for (const column of added) row[column.id] = this.#filled(column, row);
    for (const { id, generated } of visible) if (generated) row[id] = this.#computed(generated.formula, row);
    return row;
  }

  #kept({ id, type }: ColumnSketch, old: Row): string | null {
    const text = old[id] ?? null;
    const before = this.#before.tables.flatMap(({ columns }) => columns).find((column) => column.id === id);
    const [from, to] = [bareType(this.#before, before?.type ?? type), bareType(this.#after, type)];
    if (text === null || from === to) return text;
    return (EXPECTATIONS.find((one) => one.from === from && one.to === to)?.become ?? ((same: string) => same))(text);
  }

  #filled({ default: value, backfill, identity, nullable }: ColumnSketch, row: Expected): Expected[string] {
    if (backfill) return this.#computed(backfill, row);
    if (identity !== null || value?.kind === 'call') return ITS_OWN;
    if (value === null && !nullable) throw new Error('A required column has nothing to be filled with.');
    return value?.text ?? null;
  }

  #computed({ op, columns, from }: Formula, row: Expected): string | null {
    const texts = columns.map((id) => {
      const value = row[id];
      if (typeof value === 'symbol' || value === undefined) throw new Error(`${op} computes with what is not known.`);
      return value;
    });
    if (op !== 'lookup') return formOf(op).value(...texts);
    const parent = this.rows(from?.table ?? '').find((one) => one[from?.key ?? ''] === texts[0]);
    const found = parent?.[from?.value ?? ''] ?? from?.otherwise ?? null;
    return typeof found === 'symbol' ? null : found;
  }
}
