import { lsnFromBigInt, type Lsn } from '@vibestack/sync-types';
import type postgres from 'postgres';
import { SCOPE_COUNT } from './worker/schema.ts';

/** The probe's table, the framework's two that replication touches, and a writer that commits on the server. */
const SETUP = `
create table bench (
  id bigint primary key, ws text not null, title text not null, body text not null, n integer not null,
  flag boolean not null);
create unique index bench_identity on bench (id, ws);
alter table bench replica identity using index bench_identity;

create schema vibestack;
create table vibestack.replication (
  id text primary key, fence text not null, updated_at timestamptz not null default now());
create table vibestack.sync_result (
  client_id uuid not null, id bigint not null, content_hash text not null, outcome text not null, code text,
  detail jsonb, effective_hlc bigint not null, primary key (client_id, id));

create function bench_rows(first bigint, last bigint) returns setof bench language sql as $$
  select id, 'w' || id / 100 % ${SCOPE_COUNT}, 'Title of row ' || id, 'What row ' || id || repeat(' says, and', 6),
         (id % 1000)::integer, id % 2 = 0
  from generate_series(first, last) id
$$;

create procedure write_rows(first bigint, total bigint, each bigint) language plpgsql as $$
begin
  for i in 0 .. total / each - 1 loop
    insert into bench select * from bench_rows(first + i * each, first + (i + 1) * each - 1);
    commit;
  end loop;
end $$;
`;

/** Makes what the probe needs in an empty database. */
export async function setUpDatabase(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(SETUP);
}

/** Rows to write. */
export interface Rows {
  /** Their first key; the others follow. */
  readonly first: number;
  readonly count: number;
  /** Rows of one transaction. */
  readonly each: number;
}

/**
 * Writes rows as fast as one session can.
 *
 * @param isDurable  each commit waits for the disk; without, WAL is written as fast, and flushed a moment later
 */
export async function writeRows(sql: postgres.Sql, { first, count, each }: Rows, isDurable = false): Promise<void> {
  const session = await sql.reserve();
  try {
    await session`select set_config('synchronous_commit', ${isDurable ? 'on' : 'off'}, false)`;
    await session`call write_rows(${first}::bigint, ${count}::bigint, ${each}::bigint)`;
    await session`set synchronous_commit to default`;
  } finally {
    session.release();
  }
}

/** Where the server's WAL ends: what commits later has a commit LSN from here on. */
export async function walEnd(sql: postgres.Sql): Promise<Lsn> {
  const [row] = await sql<{ lsn: string }[]>`select (pg_current_wal_insert_lsn() - '0/0')::text as lsn`;
  return lsnFromBigInt(BigInt(row?.lsn ?? 0));
}
