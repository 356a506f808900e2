import type { Intent } from '../../plan.ts';
import type { Risk } from '../../step.ts';

/** A change of schema with rows in its tables. */
export interface Case {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Puts rows there, with the old schema. */
  readonly rows: string;
  /** Asks the new schema; the first column of each row is compared. */
  readonly see: string;
  readonly expect: readonly unknown[];
  /** The highest of the plan. */
  readonly risk: Risk;
  readonly intent?: Intent;
  /** A fragment that the plan must not contain. */
  readonly never?: RegExp;
}

export const T = (columns: string): string => `create table t (id int primary key, ${columns});`;

export const map = (...pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> => new Map(pairs);
