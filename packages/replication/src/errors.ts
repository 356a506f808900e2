/** The connection to Postgres broke, or could not be made. Whatever was under way has an unknown outcome. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  readonly code = 'connection_lost';
}

/** The server sent what the protocol does not allow here. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code = 'protocol_error';
}

/** The connection URL cannot be used; the message says what to change. */
export class UrlError extends Error {
  override readonly name = 'UrlError';
  readonly code = 'bad_url';
}

/** Bytes of a replication message that cannot be read. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code = 'decode_error';
  /** Byte offset in the message at which reading failed. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset})`);
    this.offset = offset;
  }
}

/** Fields of an ErrorResponse (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
export interface PgErrorFields {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Where in the statement, in characters from 1. */
  readonly position?: string;
  /** The functions and statements that it happened in, innermost first. */
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
  /** The function of the server's source that reported it. */
  readonly routine?: string;
}

/** An error that Postgres reported. */
export class PgError extends Error {
  override readonly name = 'PgError';
  /** Five characters (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
  readonly sqlstate: string;
  readonly severity: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly position: string | undefined;
  readonly where: string | undefined;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly dataType: string | undefined;
  readonly constraint: string | undefined;
  readonly routine: string | undefined;

  constructor(fields: PgErrorFields) {
    super(fields.message);
    this.sqlstate = fields.sqlstate;
    this.severity = fields.severity;
    this.detail = fields.detail;
    this.hint = fields.hint;
    this.position = fields.position;
    this.where = fields.where;
    this.schema = fields.schema;
    this.table = fields.table;
    this.column = fields.column;
    this.dataType = fields.dataType;
    this.constraint = fields.constraint;
    this.routine = fields.routine;
  }
}
