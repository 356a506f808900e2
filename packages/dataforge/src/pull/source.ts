import postgres from 'postgres';
import { readCatalog } from '../catalog/index.ts';
import type { Catalog } from '../catalog/types.ts';
import { withoutFramework } from './framework.ts';
import { ATTACHED, EDGES, SEQUENCES, VIEW_OPTIONS } from './queries.ts';
import { survey, type Finding } from './survey/index.ts';

/** One part of a database cannot be without another. Both are keys: `column t.c`, `function f(integer)`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

export interface SequenceEntry {
  readonly name: string;
  /** The column that it goes with. */
  readonly table: string | null;
  readonly column: string | null;
  readonly type: string;
  /** Of `create sequence`; empty where nobody chose any. */
  readonly options: string;
}

/** What a database holds of an application, as Postgres describes it. */
export interface Source {
  readonly catalog: Catalog;
  readonly edges: readonly Edge[];
  readonly sequences: readonly SequenceEntry[];
  /** View or function → statements that belong to it. */
  readonly attached: ReadonlyMap<string, readonly string[]>;
  readonly viewOptions: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** How Postgres prints names and values must not depend on who asks. */
const SETTINGS = `set local search_path to public; set local timezone to 'UTC'; set local datestyle to 'ISO, YMD';
  set local intervalstyle to 'postgres'; set local bytea_output to 'hex'; set local extra_float_digits to 1;
  set local quote_all_identifiers to off`;

/** Reads a live database; changes nothing in it. */
export async function readSource(url: string): Promise<Source> {
  const connection = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await connection.begin('isolation level repeatable read read only', async (tx) => {
      await tx.unsafe(SETTINGS);
      const query = async <T>(sql: string): Promise<T[]> => [...(await tx.unsafe<(T & object)[]>(sql))];
      const attached = Map.groupBy(await query<{ owner: string; sql: string }>(ATTACHED), ({ owner }) => owner);
      const options = await query<{ name: string; options: string }>(VIEW_OPTIONS);
      return {
        catalog: withoutFramework(await readCatalog(query<object>)),
        edges: await query<Edge>(EDGES),
        sequences: await query<SequenceEntry>(SEQUENCES),
        attached: new Map([...attached].map(([owner, rows]) => [owner, rows.map(({ sql }) => sql)])),
        viewOptions: new Map(options.map((row) => [row.name, row.options])),
        findings: await survey(query<{ key: string; subject: string }>),
      };
    });
  } finally {
    await connection.end();
  }
}
