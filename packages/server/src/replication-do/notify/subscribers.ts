import type { ScopeKey } from '@vibestack/sync-types';
import { SCOPE_ALL } from './assembler.ts';

/** Which SyncDO groups want to hear of which scopes. Durable: a group that hibernates must still be woken. */
export class Subscribers {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      create table if not exists subscriber (scope text not null, grp text not null, primary key (scope, grp)) without rowid;
      create index if not exists subscriber_grp on subscriber (grp);
    `);
  }

  /** Replaces what a group listens to. */
  set(group: string, scopes: readonly ScopeKey[]): void {
    const wanted = new Set<string>(scopes);
    const had = this.#sql.exec<{ scope: string }>(`select scope from subscriber where grp = ?`, group).toArray();
    for (const { scope } of had) {
      if (!wanted.delete(scope)) this.#sql.exec(`delete from subscriber where grp = ? and scope = ?`, group, scope);
    }
    for (const scope of wanted) this.#sql.exec(`insert into subscriber values (?, ?)`, scope, group);
  }

  /** @returns the groups that listen to any of these scopes; all groups for {@link SCOPE_ALL} */
  groupsOf(touched: ReadonlySet<ScopeKey>): string[] {
    if (touched.size === 0) return [];
    if (touched.has(SCOPE_ALL)) return this.#groups(`select distinct grp from subscriber`);
    const scopes = JSON.stringify([...touched]);
    return this.#groups(`select distinct grp from subscriber where scope in (select value from json_each(?))`, scopes);
  }

  #groups(sql: string, ...bindings: string[]): string[] {
    return this.#sql
      .exec<{ grp: string }>(sql, ...bindings)
      .toArray()
      .map(({ grp }) => grp);
  }
}
