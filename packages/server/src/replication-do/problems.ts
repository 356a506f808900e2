import { ConnectionLostError, DecodeError, PgError, ProtocolError, UrlError } from '@vibestack/replication';
import { ConfigError } from '../database/config.ts';

/** Why changes do not flow. Stable: status and alerts are matched by it. */
export type ProblemCode =
  | 'schema_mismatch'
  | 'replica_identity'
  | 'row_too_large'
  | 'publication_wrong'
  | 'slot_contended'
  | 'slot_taken'
  | 'sign_in_refused'
  | 'not_permitted'
  | 'database_missing'
  | 'wal_level'
  | 'bad_config'
  | 'bad_stream'
  | 'connection_lost'
  | 'server_error'
  | 'internal_error';

/** Something that stops replication until it is put right. The log and the slot stay as they are. */
export class ReplicationProblem extends Error {
  override readonly name = 'ReplicationProblem';
  readonly code: ProblemCode;
  /** What a person should do. */
  readonly hint: string;

  constructor(code: ProblemCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** A problem as status shows it. */
export interface ReportedProblem {
  readonly code: ProblemCode;
  readonly message: string;
  /** What to do; empty when it heals by itself. */
  readonly hint: string;
}

const HEALS: Pick<ReportedProblem, 'hint'> = { hint: '' };

/** Puts a name and an advice to whatever stopped the stream. */
export function reportProblem(error: unknown): ReportedProblem {
  if (error instanceof ReplicationProblem) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof ConnectionLostError) return { code: 'connection_lost', message: describe(error), ...HEALS };
  if (error instanceof UrlError) {
    return { code: 'bad_config', message: error.message, hint: 'Correct DATABASE_DIRECT_URL (or DATABASE_URL).' };
  }
  if (error instanceof ConfigError) return { code: 'bad_config', message: error.message, hint: error.hint };
  if (error instanceof DecodeError || error instanceof ProtocolError) {
    return {
      code: 'bad_stream',
      message: error.message,
      hint: 'It is read again from the last acknowledged position; if it comes back, report it with the Postgres version.',
    };
  }
  if (error instanceof PgError) return reportPgError(error);
  return {
    code: 'internal_error',
    message: describe(error),
    hint: 'A mistake of the framework: it is tried again. Report it with the log lines of this run.',
  };
}

function reportPgError({ sqlstate, message }: PgError): ReportedProblem {
  const said = `${message} (${sqlstate})`;
  switch (sqlstate) {
    case '28P01':
    case '28000':
      return {
        code: 'sign_in_refused',
        message: said,
        hint: 'Was the password changed? Set DATABASE_URL and DATABASE_DIRECT_URL anew; the next try takes them.',
      };
    case '42501':
      return {
        code: 'not_permitted',
        message: said,
        hint: 'Give the role the REPLICATION attribute (alter role … replication) and rights on schema vibestack.',
      };
    case '3D000':
      return { code: 'database_missing', message: said, hint: 'Create the database, or correct the URL.' };
    case '42P01':
    case '3F000':
      return { code: 'schema_mismatch', message: said, hint: 'Apply the migrations: forge migrate apply.' };
    case '55000':
      return {
        code: 'wal_level',
        message: said,
        hint: 'Logical replication needs wal_level = logical (on Neon: enable it in the project settings).',
      };
    default:
      // The server is shutting down, starting up, or full (class 57P, 53300): it is there again by itself.
      return { code: /^(57P|53|08)/.test(sqlstate) ? 'connection_lost' : 'server_error', message: said, ...HEALS };
  }
}

/** An error with its causes: 'Nothing answers at db:5432' alone does not say why. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
