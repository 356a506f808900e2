/** One measured figure: what `--json` prints a line of. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  /** Median over the runs. */
  readonly value: number;
  readonly unit: string;
  /** The best that the same machine could do in the same run, and `value` against it. */
  readonly ceiling?: number;
  readonly ratio?: number;
  /** What is demanded, and whether it was reached. */
  readonly bar?: number;
  readonly holds?: boolean;
  /** Lowest and highest of the runs. */
  readonly spread: readonly [number, number];
  readonly runs: number;
  readonly conditions: string;
}

/** A benchmark: measures, and does not judge. */
export type Bench = (report: (figure: Figure) => void) => Promise<void>;

const round = (value: number): number => Number(value.toPrecision(4));

/** Summarises the samples of one figure. */
export function summarise(
  about: Pick<Figure, 'bench' | 'figure' | 'unit' | 'conditions'> & { readonly ceiling?: number },
  samples: readonly number[],
): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const { ceiling, ...rest } = about;
  return {
    ...rest,
    value: round(value),
    ...(ceiling === undefined ? {} : { ceiling: round(ceiling), ratio: round(value / ceiling) }),
    spread: [round(sorted[0] ?? NaN), round(sorted.at(-1) ?? NaN)],
    runs: samples.length,
  };
}
