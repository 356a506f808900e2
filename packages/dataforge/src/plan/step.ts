/**
 * What a step may cost:
 * - `none`: metadata only;
 * - `blocking`: reads the whole table, or builds an index, while writers wait;
 * - `rewrite`: writes the whole table anew while everybody waits;
 * - `data`: fails when present rows do not fit;
 * - `rename`: running code that uses the old name breaks;
 * - `destructive`: values are gone afterwards.
 */
export const RISKS = ['none', 'blocking', 'rewrite', 'data', 'rename', 'destructive'] as const;
export type Risk = (typeof RISKS)[number];

/**
 * When a step may run: `labels` before all others in a transaction of its own, for a new enum label cannot be used in
 * the one that adds it; `expand` while code of the old model still runs; `contract` when none does any more.
 */
export type Phase = 'labels' | 'expand' | 'contract';

export interface Step {
  /** One or more statements. */
  readonly sql: string;
  readonly risk: Risk;
  readonly phase: Phase;
  /** What it does to what, in a sentence for people. */
  readonly why: string;
  /** The table whose rows the risk is about. */
  readonly table: string | null;
}

/** The order of steps: what leans on something is dropped before it and made after it. */
const STAGES = [
  'unpublish',
  'identityAside',
  'dropTrigger',
  'dropView',
  'dropForeignKey',
  'settle',
  'dropConstraint',
  'nameAside',
  'dropGenerated',
  'namespace',
  'type',
  'function',
  'createTable',
  'column',
  'generated',
  'laterFunction',
  'fill',
  'require',
  'dropKey',
  'relax',
  'name',
  'constraint',
  'foreignKey',
  'view',
  'trigger',
  'identity',
  'publish',
  'comment',
  'dropColumn',
  'dropTable',
  'unpublishGenerated',
  'dropFunction',
  'dropDomain',
  'dropType',
  'dropNamespace',
] as const;
type Stage = (typeof STAGES)[number];

type StepFields = Partial<Pick<Step, 'risk' | 'phase' | 'table'>>;

/** Collects steps in any order; gives them back in that of their stages. */
export class Steps {
  readonly #entries: { readonly stage: Stage; readonly step: Step }[] = [];

  add(
    stage: Stage,
    sql: string,
    why: string,
    { risk = 'none', phase = 'expand', table = null }: StepFields = {},
  ): void {
    this.#entries.push({ stage, step: { sql, risk, phase, why, table } });
  }

  /** By phase, then stage, then the order in which they were added. */
  sorted(): Step[] {
    const phases: readonly Phase[] = ['labels', 'expand', 'contract'];
    return [...this.#entries]
      .sort(
        (a, b) =>
          phases.indexOf(a.step.phase) - phases.indexOf(b.step.phase) ||
          STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage),
      )
      .map(({ step }) => step);
  }
}

/** Entries of two records by key: only in the first, only in the second, in both. */
export function compare<T>(from: Readonly<Record<string, T>>, to: Readonly<Record<string, T>>) {
  const removed: [string, T][] = Object.entries(from).filter(([name]) => !Object.hasOwn(to, name));
  const added: [string, T][] = Object.entries(to).filter(([name]) => !Object.hasOwn(from, name));
  const kept = Object.entries(to).flatMap(([name, after]): [string, T, T][] => {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    return before === undefined ? [] : [[name, before, after]];
  });
  return { removed, added, kept };
}

/** Whether a definition speaks of a name. Errs on the side of yes: what is rebuilt without need only costs time. */
export function mentions(definition: string, name: string): boolean {
  const bare = name.replace(/^.*\./, '').replaceAll('"', '');
  return new RegExp(`(?<![\\w])${bare.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`).test(definition);
}
