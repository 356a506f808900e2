import type { Risk } from '../../../step.ts';
import type { Pair } from '../pair.ts';

/** One kind of change that an author may make to a model. */
export interface Kind {
  readonly name: string;
  /** What its plan is marked with on the server, at least. */
  readonly risk: Risk;
  /** Nothing that people would have to say yes to follows from it: a plan of such changes alone is never refused. */
  readonly harmless: boolean;
  /** @returns whether it could be made */
  apply(pair: Pair): boolean;
}

export const harmless = (name: string, apply: Kind['apply'], risk: 'none' | 'blocking' = 'none'): Kind => ({
  name,
  risk,
  harmless: true,
  apply,
});

export const risky = (name: string, risk: Risk, apply: Kind['apply']): Kind => ({ name, risk, harmless: false, apply });
