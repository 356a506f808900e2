import type { ChangedKeys } from './types.ts';

/** Above this many keys of a table, naming them costs more than asking again. */
const MANY = 2_000;

/** Gathers which rows changed. */
export class Changes {
  readonly #tables = new Map<string, Set<string> | 'all'>();

  add(table: string, key: string): void {
    const known = this.#tables.get(table);
    if (known === 'all') return;
    if (!known) this.#tables.set(table, new Set([key]));
    else if (known.size < MANY) known.add(key);
    else this.all(table);
  }

  all(table: string): void {
    this.#tables.set(table, 'all');
  }

  get keys(): ChangedKeys {
    return this.#tables;
  }
}
