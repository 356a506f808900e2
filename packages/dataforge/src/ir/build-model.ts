import type { EntityMetadata } from 'typeorm';
import { entityMark, type EntityClass } from '../decorators/marks.ts';
import { ForgeError } from '../errors.ts';
import { mentionsColumn, quoteIfNeeded } from './names.ts';
import { levelsOf } from './levels.ts';
import { collectScopes } from './membership.ts';
import { readEntities } from './metadata.ts';
import { nothingCollected } from './read-column.ts';
import { readTable, type Draft } from './read-table.ts';
import { resolveScope } from './scopes.ts';
import type { Model, ScriptModel, TableModel } from './types.ts';
import { refuseUnsupported } from './unsupported.ts';

/**
 * Reads entities into the model.
 *
 * @param scripts  the application's own SQL
 * @throws {ForgeError} a scope that leads nowhere, a cycle of references, something that is not supported
 */
export async function buildModel(
  entities: readonly EntityClass[],
  scripts: readonly ScriptModel[] = [],
): Promise<Model> {
  const all = await readEntities(entities);
  for (const metadata of all) refuseUnsupported(metadata);
  const metadatas = all.filter(({ tableType }) => tableType !== 'entity-child');
  refuseTwins(metadatas);
  const collected = nothingCollected();
  const drafts = new Map(metadatas.map((metadata) => [metadata.tableName, readTable(metadata, collected)]));
  for (const metadata of metadatas) resolveScope(metadata, drafts);
  for (const metadata of metadatas) requireScope(metadata, drafts);
  const tables = inOrder([...drafts.values()]);
  for (const table of tables) if (table.side === 'both') refuseHidden(table);
  return {
    tables,
    enums: [...collected.enums.values()].sort(byName),
    domains: baseFirst([...collected.domains.values()].sort(byName)),
    scopes: collectScopes(metadatas, tables),
    extensions: [...collected.extensions].sort(),
    scripts,
  };
}

const byName = <T extends { readonly name: string }>(a: T, b: T): number => (a.name < b.name ? -1 : 1);

/** A domain may be over another one. */
function baseFirst(domains: Model['domains']): Model['domains'] {
  const depth = (type: string): number => {
    const under = domains.find(({ name }) => quoteIfNeeded(name) === type);
    return under ? 1 + depth(under.type) : 0;
  };
  return [...domains].sort((a, b) => depth(a.type) - depth(b.type));
}

function inOrder(drafts: readonly Draft[]): TableModel[] {
  const { levels } = levelsOf(drafts);
  return drafts
    .map((table): TableModel => ({ ...table, level: levels.get(table.name) ?? 0 }))
    .sort((a, b) => a.level - b.level || byName(a, b));
}

function refuseTwins(metadatas: readonly EntityMetadata[]): void {
  const seen = new Map<string, string>();
  for (const { tableName, name } of metadatas) {
    const other = seen.get(tableName);
    if (other !== undefined) {
      throw new ForgeError(
        'table_twice',
        `${other} and ${name} are both table ${tableName}.`,
        'Rename one: @Entity("…").',
      );
    }
    seen.set(tableName, name);
  }
}

/** What is to be synchronised must say with whom, and what is not must not. */
function requireScope(metadata: EntityMetadata, drafts: ReadonlyMap<string, Draft>): void {
  const table = drafts.get(metadata.tableName);
  if (!table || metadata.isJunction) return;
  if (table.side === 'both' && !table.scope) {
    throw new ForgeError(
      'scope_missing',
      `${table.entity} is synchronised, but nothing says with whom.`,
      'Add @Scope(…): a scope of yours, userScope or globalScope; or @ServerOnly().',
    );
  }
  if (table.side !== 'both' && entityMark(metadata.target as object).scope) {
    const where = table.side === 'client' ? 'on clients only' : 'on the server only';
    throw new ForgeError(
      'scope_one_sided',
      `${table.entity} exists ${where}, and has a scope.`,
      'Leave @Scope out, for nothing of it is synchronised; or let it extend DomainEntity.',
    );
  }
}

/** Every side must be able to identify a row, and to compute what it shows. */
function refuseHidden({ entity, key, columns }: TableModel): void {
  const hidden = columns.filter(({ side }) => side !== 'both').map(({ name }) => name);
  const hiddenKey = key.find((name) => hidden.includes(name));
  if (hiddenKey !== undefined) {
    throw new ForgeError(
      'hidden_key',
      `${entity}.${hiddenKey} is part of the key and not on both sides.`,
      'Leave @ServerOnly or @ClientOnly out.',
    );
  }
  const hiddenIn = (sql: string | undefined | null) => hidden.find((one) => sql && mentionsColumn(sql, one));
  for (const { name, generated, backfill, nullable, default: value, side } of columns) {
    if (side !== 'both') continue;
    const source = hiddenIn(generated?.expression);
    if (source !== undefined) {
      throw new ForgeError(
        'generated_hidden',
        `${entity}.${name} is computed from ${source}, which is not on both sides.`,
        `Mark ${name} like ${source}, or fill it by a trigger.`,
      );
    }
    const filler = hiddenIn(backfill);
    if (filler === undefined || nullable || value !== null) continue;
    throw new ForgeError(
      'backfill_hidden',
      `${entity}.${name} is filled from ${filler}, which clients do not have, and is required there too.`,
      'Give it a default as well, for their rows until the new ones are there; or make it nullable.',
    );
  }
}
