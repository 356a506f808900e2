import type { SqlPort } from '@vibestack/replication';
import { ReplicationProblem } from '../problems.ts';

interface Format {
  readonly name: string;
  readonly is: (value: string) => boolean;
  /** What it should be set to. */
  readonly wanted: string;
}

/** Settings by which values are printed (https://www.postgresql.org/docs/current/runtime-config-client.html). */
const FORMATS: readonly Format[] = [
  { name: 'TimeZone', is: (value) => /^(UTC|GMT|Etc\/(UTC|GMT))$/i.test(value), wanted: 'UTC' },
  { name: 'DateStyle', is: (value) => value.startsWith('ISO'), wanted: 'ISO' },
  { name: 'IntervalStyle', is: (value) => value === 'postgres', wanted: 'postgres' },
  { name: 'bytea_output', is: (value) => value === 'hex', wanted: 'hex' },
  { name: 'extra_float_digits', is: (value) => Number(value) > 0, wanted: '1' },
];

/**
 * Values reach clients as Postgres prints them, so every session must print them alike (trap 12). Our own connections
 * ask for UTC and ISO; the rest, and all of it through a driver, is what the database and the role are set to.
 *
 * @throws {ReplicationProblem} `bad_config`
 */
export async function requireFormats(sql: SqlPort): Promise<void> {
  const [row] = await sql.query(`select ${FORMATS.map(({ name }) => `current_setting('${name}')`).join(', ')}`);
  const wrong = FORMATS.filter(({ is }, i) => !is(row?.[i] ?? ''));
  if (wrong.length === 0) return;
  throw new ReplicationProblem(
    'bad_config',
    `The database prints values in its own way: ${wrong.map(({ name }) => name).join(', ')}.`,
    `Run for the role that follows it: ${wrong.map(({ name, wanted }) => `alter role … set ${name} = '${wanted}';`).join(' ')}`,
  );
}
