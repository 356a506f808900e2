import type { ChangedKeys, Database } from '../store/index.ts';
import { dependenciesOf, type Dependencies } from './dependencies.ts';
import { exactJson } from './exact-json.ts';

/** A result as it leaves the database's thread: one text of rows, for `parseExactJson`, or an error. */
export type LiveResult =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

interface Query {
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly emit: (result: LiveResult) => void;
  dependencies: Dependencies | null;
  running: boolean;
  dirty: boolean;
  last: string | null;
}

/**
 * Queries that run again when a table that they read changed. At most one run of each is under way; changes during a
 * run cause one more. An unchanged result is not told.
 */
export class LiveQueries {
  readonly #db: Pick<Database, 'query' | 'exec'>;
  readonly #run: (sql: string, params: readonly unknown[]) => Promise<unknown[]>;
  readonly #queries = new Map<number, Query>();

  /** @param run  reads, and refuses to write */
  constructor(
    db: Pick<Database, 'query' | 'exec'>,
    run: (sql: string, params: readonly unknown[]) => Promise<unknown[]>,
  ) {
    this.#db = db;
    this.#run = run;
  }

  subscribe(id: number, sql: string, params: readonly unknown[], emit: (result: LiveResult) => void): void {
    const query: Query = { sql, params, emit, dependencies: null, running: false, dirty: true, last: null };
    this.#queries.set(id, query);
    void this.#refresh(query);
  }

  unsubscribe(id: number): void {
    this.#queries.delete(id);
  }

  /** Rows changed: whoever reads their tables asks again. */
  changed(keys: ChangedKeys): void {
    if (keys.size === 0) return;
    for (const query of this.#queries.values()) {
      if (!concerns(query.dependencies, keys)) continue;
      query.dirty = true;
      void this.#refresh(query);
    }
  }

  async #refresh(query: Query): Promise<void> {
    if (query.running) return;
    query.running = true;
    while (query.dirty && this.#alive(query)) {
      query.dirty = false;
      query.dependencies ??= await dependenciesOf(this.#db, query.sql);
      const result = await this.#result(query);
      const text = JSON.stringify(result);
      if (text === query.last || !this.#alive(query)) continue;
      query.last = text;
      query.emit(result);
    }
    query.running = false;
  }

  async #result({ sql, params }: Query): Promise<LiveResult> {
    try {
      return { ok: true, json: exactJson(await this.#run(sql, params)) };
    } catch (error) {
      const { code = 'error', message = String(error) } = error as { code?: string; message?: string };
      return { ok: false, error: { code, message } };
    }
  }

  #alive(query: Query): boolean {
    for (const known of this.#queries.values()) if (known === query) return true;
    return false;
  }
}

function concerns(dependencies: Dependencies | null, keys: ChangedKeys): boolean {
  if (dependencies === null || dependencies === 'all') return true;
  for (const table of keys.keys()) if (dependencies.has(table)) return true;
  return false;
}
