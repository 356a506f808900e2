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

/** What is measured, and against what. */
export interface About extends Pick<Figure, 'bench' | 'figure' | 'unit' | 'conditions'> {
  readonly ceiling?: number;
  /** The bar, where more is better, and where less is. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

export const median = (samples: readonly number[]): number =>
  [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? NaN;

/** Summarises the samples of one figure. */
export function summarise({ ceiling, atLeast, atMost, ...about }: About, samples: readonly number[]): Figure {
  const value = median(samples);
  const bar = atLeast ?? atMost;
  return {
    ...about,
    value: round(value),
    ...(ceiling === undefined ? {} : { ceiling: round(ceiling), ratio: round(value / ceiling) }),
    ...(bar === undefined ? {} : { bar, holds: atLeast === undefined ? value <= bar : value >= bar }),
    spread: [round(Math.min(...samples)), round(Math.max(...samples))],
    runs: samples.length,
  };
}
