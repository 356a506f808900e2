import type { ParsedQuery } from '@vibestack/sync-types/query';
import { ForgeError } from '../errors.ts';
import { placeInLiteral } from './literal.ts';

/** What of Postgres's errors concerns us (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
interface DatabaseError extends Error {
  readonly severity: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
}

const isDatabaseError = (error: unknown): error is DatabaseError => error instanceof Error && 'severity' in error;

/** `feature_not_supported`: commands that are no queries. */
const UNSUPPORTED = '0A000';

/**
 * Says what Postgres has against a literal, in the literal's words.
 *
 * @param offset  where in what Postgres was given the text begins
 * @returns the error to throw: `query_refused`, or what it was if it did not come from Postgres
 */
export function refusal(error: unknown, literal: string, { params }: ParsedQuery, offset = 0): unknown {
  if (!isDatabaseError(error)) return error;
  const named = (said: string): string =>
    said.replace(/\$(\d+)/g, (number, n) => {
      const param = params[Number(n) - 1];
      return param === undefined ? number : `:${param.name}`;
    });
  const said = [error.message, error.detail ?? ''].filter((each) => each !== '').map(named);
  return new ForgeError(
    'query_refused',
    `${placeOf(error, literal, offset)}${said.join('. ')}`,
    error.hint ?? fixOf(error),
  );
}

function placeOf({ position }: DatabaseError, literal: string, offset: number): string {
  if (position === undefined) return '';
  const { line, column } = placeInLiteral(literal, Number(position) - offset);
  return `${line}:${column}: `;
}

const fixOf = ({ code }: DatabaseError): string =>
  code === UNSUPPORTED
    ? 'Give sql() what reads or writes rows: select, values, insert, update, delete or merge.'
    : 'Change the SQL so that Postgres, with the schema that the entities make, can prepare it.';
