import type { Random } from './random.ts';
import { demandsOn, satisfies, type Demand } from './rules.ts';
import { newColumn, places, type ColumnSketch, type Place, type Sketch, type TableSketch } from './sketch.ts';

/** What a change settles about something; the next one has to leave that alone, or the first would not be seen. */
type Aspect =
  'existence' | 'name' | 'type' | 'null' | 'default' | 'computation' | 'description' | 'scope' | 'key' | 'access';

/** Names that break naive code: reserved, quoted, or met in every JavaScript object. */
const HARD_NAMES = [
  'Order',
  'from',
  'constructor',
  'it"s',
  'position',
  'naïve',
  'two words',
  'toString',
  'values',
  'UPPER',
];
const NAMES = ['title', 'rank', 'due', 'state', 'note', 'place', 'size'];

/** Two sketches that begin equal; changes are made to `after` alone, and what a change needs is put into both. */
export class Pair {
  readonly random: Random;
  readonly before: Sketch;
  readonly after: Sketch;
  readonly #claims = new Set<string>();
  readonly #names: string[];
  #count = 1000;

  constructor(random: Random, before: Sketch) {
    this.random = random;
    this.before = before;
    this.after = structuredClone(before);
    this.#names = random.shuffle(HARD_NAMES);
  }

  /** An id that nothing has. */
  id(prefix: string): string {
    return `${prefix}_${this.#count++}`;
  }

  name(): string {
    const hard = this.random.chance(0.15) ? this.#names.pop() : undefined;
    return hard ?? `${this.random.pick(NAMES)}_${this.#count++}`;
  }

  isFree(id: string, aspect: Aspect): boolean {
    if (aspect === 'existence') return ![...this.#claims].some((claim) => claim.startsWith(`${id} `));
    return !this.#claims.has(`${id} ${aspect}`) && !this.#claims.has(`${id} existence`);
  }

  /** @returns whether it was free; a change that gets a no must not be made */
  claim(id: string, aspect: Aspect): boolean {
    if (!this.isFree(id, aspect)) return false;
    this.#claims.add(`${id} ${aspect}`);
    return true;
  }

  /** Whether something is there before and after, as far as is known. */
  isOpen(id: string): boolean {
    return !this.#claims.has(`${id} existence`);
  }

  /** Tables that are there before and after. */
  kept(): TableSketch[] {
    const old = new Set(this.before.tables.map(({ id }) => id));
    return this.after.tables.filter(({ id }) => old.has(id) && this.isOpen(id));
  }

  /** A table that stays, by chance. */
  table(accept: (table: TableSketch) => boolean = () => true): TableSketch | undefined {
    return this.random.shuffle(this.kept().filter(accept))[0];
  }

  /** A table's sketch before. @throws {Error} a new table has none */
  old(table: TableSketch): TableSketch {
    const found = this.before.tables.find(({ id }) => id === table.id);
    if (!found) throw new Error(`${table.name} is new.`);
    return found;
  }

  /** Columns that are there before and after, in any order. */
  columns(accept: (place: Place) => boolean = () => true): Place[] {
    const old = places(this.before);
    const kept = this.kept().flatMap((table) => table.columns.map((column) => ({ table, column })));
    return this.random.shuffle(
      kept.filter((place) => old.has(place.column.id) && this.isOpen(place.column.id) && accept(place)),
    );
  }

  /** Puts a column into both, so that something can be done to it. */
  plant(type: string, details: Partial<ColumnSketch> = {}, table = this.table()): Place {
    if (!table) throw new Error('No table stays.');
    const column = { ...newColumn(this.id('c'), this.name(), type), ...details };
    this.old(table).columns.push(structuredClone(column));
    table.columns.push(column);
    return { table, column };
  }

  /** An ordinary column of which nobody asks what the demands do not give, made if there is none. */
  plain(type: string, accept: (place: Place) => boolean = () => true): Place {
    const found = this.columns((place) => place.column.type === type && isPlain(place) && accept(place))[0];
    return found ?? this.plant(type);
  }

  /** Whether a column may become of another type as far as what speaks of it goes, before and after. */
  allows(place: Place, type: string): boolean {
    return this.demands(place).every((demand) => satisfies(this.after, type, demand));
  }

  /** What is asked of its type, before and after. */
  demands({ table, column }: Place): Demand[] {
    const old = this.before.tables.find(({ id }) => id === table.id);
    return [...demandsOn({ table, column }), ...(old ? demandsOn({ table: old, column }) : [])];
  }
}

/** Neither computed, nor numbered, nor part of a key, a reference or a scope. */
export const isPlain = ({ table, column }: Place): boolean =>
  column.generated === null &&
  column.identity === null &&
  column.role === null &&
  !table.key.includes(column.id) &&
  !table.foreignKeys.some(({ columns }) => columns.includes(column.id)) &&
  table.scope?.column !== column.id;
