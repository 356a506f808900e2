/** An SQL identifier (https://www.postgresql.org/docs/current/sql-syntax-lexical.html). */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A literal for replication commands, which take no parameters; in SQL use parameters. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
