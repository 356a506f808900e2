import { parseScopeKey, type ScopeKey, type SyncTable } from '@vibestack/sync-types';
import { lockRole, lockRoles } from '../database/membership.ts';
import type { Sql } from '../database/pool.ts';
import type { WriterPorts } from './writer.ts';

/**
 * Who may write where, for one mutation.
 *
 * Roles are read as they were before the mutation, so that nobody grants themselves a right and uses it at once. The
 * exception are scopes that the mutation itself creates by inserting their root (SEMANTICS 7.4): there its own
 * membership rows count, and the question is put off to {@link settle}.
 */
export class Access {
  readonly #ports: WriterPorts;
  readonly #sql: Sql;
  readonly #userId: string;
  readonly #created: ReadonlySet<ScopeKey>;
  readonly #roles = new Map<ScopeKey, string | null>();
  readonly #open: { readonly scope: ScopeKey; readonly table: SyncTable; readonly key: string }[] = [];

  /** True once every role was read ahead: a scope that is not among them is nobody's of this person. */
  #complete = false;

  constructor(ports: WriterPorts, sql: Sql, userId: string, created: ReadonlySet<ScopeKey>) {
    this.#ports = ports;
    this.#sql = sql;
    this.#userId = userId;
    this.#created = created;
  }

  /**
   * Reads all roles of the person before anything is written. Needed where the mutation changes memberships: read
   * later, they would be those that it gave itself.
   */
  async readAhead(): Promise<void> {
    for (const [scope, role] of await lockRoles(this.#sql, this.#ports.schema, this.#userId))
      this.#roles.set(scope, role);
    this.#complete = true;
  }

  async role(scope: ScopeKey): Promise<string | null> {
    let role = this.#roles.get(scope);
    if (role === undefined) {
      role = this.#complete ? null : await this.#lockRole(scope);
      this.#roles.set(scope, role);
    }
    return role;
  }

  async mayRead(table: SyncTable, scope: ScopeKey): Promise<boolean> {
    if (this.#created.has(scope)) return true;
    const role = await this.role(scope);
    return role !== null && (table.scope.name === 'global' || table.access.read.includes(role));
  }

  async mayWrite(table: SyncTable, scope: ScopeKey, key: string): Promise<boolean> {
    if (this.#created.has(scope)) {
      this.#open.push({ scope, table, key });
      return true;
    }
    const role = await this.role(scope);
    return role !== null && table.access.write.includes(role);
  }

  /** @returns the first write into a scope created here that its own memberships do not allow, or null */
  async settle(): Promise<{ table: SyncTable; key: string } | null> {
    for (const { scope, table, key } of this.#open) {
      const role = await this.#lockRole(scope);
      if (role === null || !table.access.write.includes(role)) return { table, key };
    }
    return null;
  }

  #lockRole(scope: ScopeKey): Promise<string | null> {
    return lockRole(this.#sql, this.#ports.schema, parseScopeKey(scope), this.#userId);
  }
}
