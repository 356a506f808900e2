import { PgError } from '@vibestack/replication';
import type { Rejection } from '@vibestack/sync-types';

/** A mutation that is refused for good: its result says why. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
  readonly detail: Rejection;

  constructor(detail: Rejection) {
    super(detail.message);
    this.detail = detail;
  }
}

const BY_SQLSTATE: Readonly<Record<string, readonly [code: string, message: string]>> = {
  '23502': ['not_null_violation', 'A required value is missing.'],
  '23503': ['foreign_key_violation', 'It refers to something that does not exist.'],
  '23505': ['unique_violation', 'There is one like it already.'],
  '23514': ['check_violation', 'A value is not allowed.'],
  '23P01': ['exclusion_violation', 'It collides with something that exists.'],
};

/**
 * Reads an error of the write path as a rejection.
 *
 * Only names travel (table, column, constraint): Postgres's own detail quotes values that the client may not see
 * (SEMANTICS 4.6).
 *
 * @returns null for what is not the mutation's fault, such as a lost connection or a deadlock
 */
export function rejectionOf(error: unknown): Rejected | null {
  if (error instanceof Rejected) return error;
  if (!(error instanceof PgError)) return null;
  const known = BY_SQLSTATE[error.sqlstate];
  // Class 22: data exception. P0001: raised by a trigger of the application, whose words are meant for people.
  if (!known && !error.sqlstate.startsWith('22') && error.sqlstate !== 'P0001') return null;
  const [code, message] = known ?? ['invalid_value', 'A value is not valid.'];
  return new Rejected({
    code,
    message: error.sqlstate === 'P0001' ? error.message : message,
    ...(error.table ? { table: error.table } : {}),
    ...(error.column ? { column: error.column } : {}),
    ...(error.constraint ? { constraint: error.constraint } : {}),
  });
}
