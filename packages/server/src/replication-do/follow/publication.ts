import { PgError, readPublication, type Publication, type SqlPort } from '@vibestack/replication';
import { RESULT_TABLE } from '@vibestack/sync-core';
import type { SyncSchema } from '@vibestack/sync-types';
import { ReplicationProblem } from '../problems.ts';
import type { PublicationIdentity } from './continuity.ts';

/**
 * Makes sure that a publication of everything that the schema synchronises is there; made if it is missing.
 *
 * @throws {ReplicationProblem} `publication_wrong`: it leaves something out, or may not be made by this role
 */
export async function ensurePublication(sql: SqlPort, name: string, schema: SyncSchema): Promise<PublicationIdentity> {
  const found = (await readPublication(sql, name)) ?? (await create(sql, name, schema));
  refuseGaps(name, found, schema);
  return identityOf(found);
}

export const identityOf = ({ oid, tables }: Publication): PublicationIdentity => ({
  oid: String(oid),
  tables: Object.fromEntries(tables.map((table) => [`${table.schema}.${table.name}`, String(table.oid)])),
});

async function create(sql: SqlPort, name: string, schema: SyncSchema): Promise<Publication> {
  const tables = schema.tables.map((table) => `public.${quoteName(table.name)}`);
  const [version] = await sql.query(`select current_setting('server_version_num')`);
  const hasGenerated = schema.tables.some(({ columns, scope }) =>
    columns.some((column) => column.readOnly && column.name !== scope.column),
  );
  const options = hasGenerated && Number(version?.[0]) >= 180000 ? ' with (publish_generated_columns = stored)' : '';
  try {
    await sql.query(
      `create publication ${quoteName(name)} for table ${[...tables, RESULT_TABLE].join(', ')}${options}`,
    );
  } catch (error) {
    if (!(error instanceof PgError) || error.sqlstate !== '42501') throw error;
    throw wrong(
      `Publication ${name} is missing, and this role may not make it.`,
      'Apply the migrations: forge migrate apply.',
    );
  }
  const made = await readPublication(sql, name);
  if (made) return made;
  throw wrong(`Publication ${name} is not there although it was made.`, 'Is DATABASE_DIRECT_URL the primary?');
}

function refuseGaps(name: string, publication: Publication, schema: SyncSchema): void {
  if (!Object.values(publication.operations).every(Boolean)) {
    throw wrong(
      `Publication ${name} leaves out some kinds of changes.`,
      `Run: alter publication ${name} set (publish = 'insert, update, delete, truncate');`,
    );
  }
  const isWhole = (table: string) =>
    publication.allTables || publication.schemas.includes(table.slice(0, table.indexOf('.')));
  const published = new Map(publication.tables.map((table) => [`${table.schema}.${table.name}`, table]));
  for (const table of [...schema.tables.map((one) => `public.${one.name}`), RESULT_TABLE]) {
    if (isWhole(table)) continue;
    const entry = published.get(table);
    if (!entry) {
      throw wrong(
        `Publication ${name} leaves out ${table}.`,
        `Apply the migrations, or: alter publication ${name} add table ${table};`,
      );
    }
    if (entry.rowFilter || entry.columns !== null) {
      throw wrong(
        `Publication ${name} sends only a part of ${table}.`,
        'Publish whole tables: what a client may see is decided by scopes.',
      );
    }
  }
}

const wrong = (message: string, hint: string) => new ReplicationProblem('publication_wrong', message, hint);
const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
