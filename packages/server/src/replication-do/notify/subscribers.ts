import type { ScopeKey } from '@vibestack/sync-types';
import { SCOPE_ALL } from '../assemble/steps.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';

/** Milliseconds after which a group that did not renew its subscription counts as gone. */
const LEASE = 5 * 60_000;

/** Which SyncDO groups want to hear of which scopes. Durable: a group that hibernates must still be woken. */
export class Subscribers {
  readonly #storage: ObjectStorage;
  readonly #now: () => number;
  /** When each group was heard last. After a restart of the object, all count as heard just then. */
  readonly #heard = new Map<string, number>();

  constructor(storage: ObjectStorage, now: () => number) {
    this.#storage = storage;
    this.#now = now;
    storage.exec(`create table if not exists subscriber (
      scope text not null, grp text not null, primary key (scope, grp)) without rowid`);
    storage.exec(`create index if not exists subscriber_grp on subscriber (grp)`);
    for (const group of this.#groups(`select distinct grp from subscriber`)) this.#heard.set(group, now());
  }

  /** Groups that listen to anything. */
  get count(): number {
    return this.#heard.size;
  }

  /** Replaces what a group listens to; nothing: it is gone. */
  set(group: string, scopes: readonly ScopeKey[]): void {
    const wanted = new Set<string>(scopes);
    if (wanted.size > 0) this.#heard.set(group, this.#now());
    else this.#heard.delete(group);
    const had = this.#storage.exec<{ scope: string }>(`select scope from subscriber where grp = ?`, group);
    for (const { scope } of had) {
      if (!wanted.delete(scope)) this.#storage.exec(`delete from subscriber where grp = ? and scope = ?`, group, scope);
    }
    for (const scope of wanted) this.#storage.exec(`insert into subscriber values (?, ?)`, scope, group);
  }

  /** @returns false when the group is not known (any more) and must subscribe anew */
  renew(group: string): boolean {
    if (!this.#heard.has(group)) return false;
    this.#heard.set(group, this.#now());
    return true;
  }

  /** Forgets groups whose lease has ended: their object lost its sockets without a word. */
  expire(): readonly string[] {
    const gone = [...this.#heard].filter(([, at]) => at < this.#now() - LEASE).map(([group]) => group);
    for (const group of gone) this.set(group, []);
    return gone;
  }

  /** @returns the groups that listen to any of these scopes; all groups for {@link SCOPE_ALL} */
  groupsOf(touched: ReadonlySet<ScopeKey>): readonly string[] {
    if (touched.size === 0 || this.#heard.size === 0) return [];
    if (touched.has(SCOPE_ALL)) return [...this.#heard.keys()];
    const scopes = JSON.stringify([...touched]);
    return this.#groups(`select distinct grp from subscriber where scope in (select value from json_each(?))`, scopes);
  }

  /** What a group listens to. */
  scopesOf(group: string): ReadonlySet<ScopeKey> {
    const rows = this.#storage.exec<{ scope: string }>(`select scope from subscriber where grp = ?`, group);
    return new Set(rows.map(({ scope }) => scope as ScopeKey));
  }

  #groups(sql: string, ...bindings: string[]): string[] {
    return this.#storage.exec<{ grp: string }>(sql, ...bindings).map(({ grp }) => grp);
  }
}
