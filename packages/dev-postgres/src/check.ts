import postgres from 'postgres';

export type PostgresProblemCode =
  | 'bad_url'
  | 'unreachable'
  | 'auth_failed'
  | 'database_missing'
  | 'too_old'
  | 'wal_level'
  | 'no_replication_role'
  | 'no_free_slots'
  | 'pooler';

/** A server that VibeStack cannot work with. */
export class PostgresProblem extends Error {
  override readonly name = 'PostgresProblem';
  readonly code: PostgresProblemCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: PostgresProblemCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export interface ServerReport {
  /** Such as 180004. */
  readonly version: number;
  readonly freeSlots: number;
}

const OLDEST = 140000;

/**
 * Checks that a server can be followed: it answers, is not too old, writes logical WAL, and lets this role replicate.
 *
 * @throws {PostgresProblem} the first thing that is wrong
 */
export async function checkServer(url: string): Promise<ServerReport> {
  const { host } = readUrl(url);
  if (host.includes('-pooler')) {
    throw new PostgresProblem(
      'pooler',
      `${host} is a connection pooler, through which replication does not pass.`,
      "Use the direct host: the same name without '-pooler'.",
    );
  }
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    return judge((await sql.unsafe<Facts[]>(FACTS))[0]);
  } catch (error) {
    throw explain(error, host);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

interface Facts {
  readonly version: number;
  readonly wal_level: string;
  readonly may_replicate: boolean;
  readonly role: string;
  readonly free_slots: number;
}

const FACTS = `
  select current_setting('server_version_num')::int as version, current_setting('wal_level') as wal_level,
         current_user as role,
         (select rolsuper or rolreplication from pg_roles where rolname = current_user)
           or exists (select from pg_roles where rolname in ('rds_replication', 'neon_superuser')
                      and pg_has_role(current_user, oid, 'member')) as may_replicate,
         current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots)::int as free_slots`;

function judge(facts: Facts | undefined): ServerReport {
  if (!facts) throw new PostgresProblem('unreachable', 'The server gave no answer.', 'Is it a Postgres?');
  const { version, wal_level: level, may_replicate: allowed, role, free_slots: freeSlots } = facts;
  if (version < OLDEST) {
    throw new PostgresProblem(
      'too_old',
      `This is Postgres ${Math.floor(version / 10000)}.`,
      'Use Postgres 14 or later.',
    );
  }
  if (level !== 'logical') {
    throw new PostgresProblem(
      'wal_level',
      `The server writes WAL at level '${level}', from which changes cannot be read.`,
      'Run: alter system set wal_level = logical; then restart it (on Neon: enable logical replication in the project settings).',
    );
  }
  if (!allowed) {
    throw new PostgresProblem(
      'no_replication_role',
      `The role ${role} may not replicate.`,
      `Run as a superuser: alter role ${role} replication;`,
    );
  }
  if (freeSlots < 1) {
    throw new PostgresProblem(
      'no_free_slots',
      'All replication slots of the server are taken.',
      'Drop one that nobody uses (select pg_drop_replication_slot(…)), or raise max_replication_slots.',
    );
  }
  return { version, freeSlots };
}

function explain(error: unknown, host: string): unknown {
  if (error instanceof PostgresProblem) return error;
  const { code, message } = error as { code?: string; message?: string };
  switch (code) {
    case '28P01':
    case '28000':
      return new PostgresProblem(
        'auth_failed',
        `The server refuses the sign-in: ${message ?? ''}.`,
        'Check user and password in DATABASE_URL.',
      );
    case '3D000':
      return new PostgresProblem(
        'database_missing',
        `${message ?? 'The database does not exist'}.`,
        'Create it: create database …',
      );
    default:
      return new PostgresProblem(
        'unreachable',
        `Nothing answers at ${host} (${code ?? message ?? 'no reason given'}).`,
        'Is the server running, and are host and port in DATABASE_URL right?',
      );
  }
}

function readUrl(url: string): { host: string } {
  try {
    const parsed = new URL(url);
    if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw new TypeError(parsed.protocol);
    return { host: parsed.host };
  } catch {
    throw new PostgresProblem(
      'bad_url',
      'DATABASE_URL is not a Postgres URL.',
      'Write it as postgres://user:password@host:5432/database.',
    );
  }
}
