export type Level = 'info' | 'warn' | 'error';

/**
 * One JSON line. Fields are identifiers, positions, counts and error texts: never tokens, never row contents.
 */
export function log(level: Level, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console[level](JSON.stringify({ level, event, ...fields }));
}
