import { wantedSql } from '../emit/wanted.ts';
import { ForgeError, type Problem } from '../errors.ts';
import type { Queries } from './files.ts';
import type { HistorySide } from '../migrations/history.ts';
import type { Model } from '../ir/types.ts';
import type { Shadow } from '../plan/index.ts';
import { packageName, querySources, sourcesNaming } from '../sources/index.ts';
import { collectQueries, describeQuery, type DescribedQuery } from '../typed-sql/index.ts';

/** The application's queries, typed as far as they can be. */
export interface QueryReport {
  readonly queries: Queries;
  /** Of those that could not. */
  readonly problems: readonly Problem[];
}

/**
 * Finds every `sql()` in the workspace's sources and has the shadow describe it. Which side it is for follows from where
 * `sql` was imported: `…/server` or `…/client` of the schema package.
 */
export async function describeQueries(shadow: Shadow, schemaDir: string, model: Model): Promise<QueryReport> {
  const server = await describeSide(shadow, schemaDir, model, 'server');
  const client = await describeSide(shadow, schemaDir, model, 'client');
  return {
    queries: { server: server.queries, client: client.queries },
    problems: [...server.problems, ...client.problems],
  };
}

async function describeSide(shadow: Shadow, schemaDir: string, model: Model, side: HistorySide) {
  const specifier = `${packageName(schemaDir)}/${side}`;
  const { queries: found, problems } = collectQueries(sourcesNaming(querySources(schemaDir), specifier), specifier);
  const queries = new Map<string, DescribedQuery>();
  const refused: Problem[] = [...problems];
  if (found.length > 0) {
    await shadow.reset();
    await shadow.run(wantedSql(model, side));
  }
  for (const { literal, path, line } of found) {
    if (queries.has(literal)) continue;
    try {
      queries.set(literal, await describeQuery(shadow.database, literal));
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      const { code, message, fix } = error;
      refused.push({ code, message, fix, where: `${path}:${line}` });
    }
  }
  return { queries: [...queries.values()], problems: refused };
}
