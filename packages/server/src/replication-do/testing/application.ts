import { PgConnection, PgoutputDecoder, createSlot, pgSql, tupleToRow } from '@vibestack/replication';
import { connect } from '@vibestack/replication/node';
import { lsnFromBigInt, type Lsn } from '@vibestack/sync-types';

/** The tables of {@link schema}, those of the framework that are followed, and one that nobody follows. */
const TABLES = `
  create table task (id bigint primary key, project_id text not null, title text);
  alter table task alter title set storage external;
  create unique index task_identity on task (id, project_id);
  alter table task replica identity using index task_identity;
  create table member (project_id text, user_id text, primary key (project_id, user_id));
  create table unrelated (id bigint, body text);
  create schema vibestack;
  create table vibestack.replication
    (id text primary key, fence text not null, updated_at timestamptz not null default now());
  create table vibestack.sync_result (client_id uuid, id bigint, content_hash text, outcome text, code text,
    detail jsonb, effective_hlc bigint, primary key (client_id, id));`;

/** Runs statements one after the other on a connection of their own. */
export async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const connection = await PgConnection.open(connect, url);
  try {
    for (const statement of statements) await connection.simple(statement);
  } finally {
    await connection.close();
  }
}

export const createApplication = (url: string): Promise<void> => run(url, TABLES);

/** A committed transaction, by the ids of the tasks that it inserted. */
export interface Truth {
  readonly lsn: Lsn;
  readonly ids: readonly string[];
}

const WITNESS = 'witness_of_';

/** A second slot, which nobody else reads, sees what was committed from here on. */
export async function callWitness(url: string): Promise<() => Promise<readonly Truth[]>> {
  const name = `${WITNESS}${new URL(url).pathname.slice(1, 40)}`;
  const sql = pgSql(connect, url);
  await createSlot(sql, name);
  await sql.close();
  return async () => {
    const asking = pgSql(connect, url);
    const decoder = new PgoutputDecoder();
    const truth: { lsn: Lsn; ids: string[] }[] = [];
    const rows = await asking.query(
      `select encode(data, 'hex') from pg_logical_slot_peek_binary_changes($1, null, null,
         'proto_version', '1', 'publication_names', 'vibestack')`,
      [name],
    );
    await asking.close();
    for (const [hex] of rows) {
      const message = decoder.decode(Uint8Array.from(hex?.match(/../g) ?? [], (byte) => parseInt(byte, 16)));
      if (message.kind === 'begin') truth.push({ lsn: lsnFromBigInt(message.finalLsn), ids: [] });
      if (message.kind !== 'insert' || message.relation.name !== 'task') continue;
      truth.at(-1)?.ids.push(String(tupleToRow(message.relation, message.row)['id']));
    }
    return truth.filter(({ ids }) => ids.length > 0);
  };
}
