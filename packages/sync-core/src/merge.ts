import { HLC_ZERO, hlcFromBigInt, hlcToBigInt, type Hlc } from '@vibestack/sync-types';

/** The clocks of one row as `vibestack.row_clock` keeps them. */
export interface RowClock {
  /** The clock of every column that has none of its own: the row's insertion, or its deletion. */
  readonly base: Hlc;
  readonly columns: Readonly<Record<string, Hlc>>;
  readonly deleted: boolean;
}

/** @returns the stored clock of a column; the horizon (zero) when nobody ever clocked it */
export const columnClock = (clock: RowClock | null, column: string): Hlc =>
  clock?.columns[column] ?? clock?.base ?? HLC_ZERO;

export interface ClockInput {
  /** What the client's clock said when it wrote. */
  readonly client: Hlc;
  /** Postgres's clock, under the row's locks. */
  readonly now: Hlc;
  /** The last effective clock of the same client. */
  readonly previous: Hlc;
  /** Stored clocks of everything that the mutation touches. */
  readonly stored: readonly Hlc[];
}

/**
 * The clock that a mutation counts with (SEMANTICS 5.1): never ahead of the database's own time, except that it lies
 * after the same client's previous write and after every stored clock which the client had seen.
 */
export function effectiveClock({ client, now, previous, stored }: ClockInput): Hlc {
  let clock = client < now ? client : now;
  if (clock <= previous) clock = after(previous);
  for (const seen of stored) if (client > seen && clock <= seen) clock = after(seen);
  return clock;
}

const after = (clock: Hlc): Hlc => hlcFromBigInt(hlcToBigInt(clock) + 1n);

/** @returns the columns of a patch that win against what is stored; last write wins, per column */
export function winningColumns(columns: readonly string[], effective: Hlc, clock: RowClock | null): readonly string[] {
  return columns.filter((column) => effective > columnClock(clock, column));
}
