import postgres from 'postgres';
import { ForgeError } from '../errors.ts';

/** The advisory lock under which one deployer at a time migrates ('vibe' in ASCII). */
const LOCK = 0x76696265;
/** Waiting for a lock makes everybody behind wait too: better to give up soon and come back. */
const LOCK_TIMEOUT = '3s';
const TRIES = 6;

/** Opens a connection that is the only one to migrate this database, until it is ended: another deployer waits. */
export async function connectAlone(url: string): Promise<postgres.Sql> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql`select pg_advisory_lock(${LOCK})`;
  return sql;
}

/**
 * Runs a script whole or not at all; comes back when it does not get its locks.
 *
 * @param what    whose script it is, to begin a sentence with
 * @param record  what is noted in the same transaction
 * @throws {ForgeError} `migration_failed`: Postgres refuses it; `locked`
 */
export async function runWhole(
  sql: postgres.Sql,
  what: string,
  script: string,
  record: (tx: postgres.TransactionSql) => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await sql.begin(async (tx) => {
        await tx.unsafe(`set local lock_timeout = '${LOCK_TIMEOUT}'; set local search_path to public;
          set local check_function_bodies = off`);
        await tx.unsafe(script);
        await record(tx);
      });
      return;
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error;
      if (error.code !== '55P03') throw refused(what, error);
      if (tries === TRIES) {
        const fix = 'End what holds the lock (pg_stat_activity, pg_locks), or come back in a quieter hour.';
        throw new ForgeError('locked', `${what} did not get its locks in ${TRIES} tries.`, fix);
      }
      await new Promise((wait) => setTimeout(wait, 200 * 2 ** tries * (0.5 + Math.random())));
    }
  }
}

function refused(what: string, { message, detail }: postgres.PostgresError): ForgeError {
  const said = [message, detail].filter(Boolean).join(' ');
  return new ForgeError(
    'migration_failed',
    `${what} was refused, and nothing of it is done: ${said}`,
    'Mend the rows that it names, then run it again.',
  );
}

/** Notes a migration as applied. */
export const noteApplied = (
  tx: postgres.TransactionSql,
  { version, name, hash }: { readonly version: number; readonly name: string; readonly hash: string },
) => tx`insert into vibestack.migration (version, name, hash) values (${version}, ${name}, ${hash})`;
