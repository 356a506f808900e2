import type { Model } from '../../../ir/types.ts';
import type { Step } from '../../index.ts';
import type { Change } from './make-pair.ts';

/** A change that went wrong, with all that one needs to see it again. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';

  constructor(
    { number, kinds }: Change,
    models: { readonly before: Model; readonly after: Model },
    side: string,
    steps: readonly Step[],
    what: string,
  ) {
    super(
      [
        `Pair ${number}, ${side}: ${what}`,
        `Changes: ${kinds.map(({ name }) => name).join('; ')}`,
        `Models:\n${difference(lines(models.before), lines(models.after)).join('\n')}`,
        `Steps:\n${steps.map(({ risk, phase, sql }) => `  -- ${phase}, ${risk}\n  ${sql.replaceAll('\n', '\n  ')}`).join('\n')}`,
        `Again: PLAN_PAIR=${number} pnpm vitest run --project pg packages/dataforge/src/plan/random`,
      ].join('\n'),
    );
  }
}

/** A model by parts, one a line. */
const lines = ({ tables, ...rest }: Model): string[] => [
  ...tables.flatMap(({ columns, foreignKeys, uniques, checks, exclusions, indices, ...table }) => [
    `table ${JSON.stringify(table)}`,
    ...[columns, foreignKeys, uniques, checks, exclusions, indices]
      .flat()
      .map((part) => `${table.name}: ${JSON.stringify(part)}`),
  ]),
  ...Object.values(rest)
    .flat()
    .map((part) => JSON.stringify(part)),
];

const difference = (before: readonly string[], after: readonly string[]): string[] => [
  ...before.filter((line) => !after.includes(line)).map((line) => `  - ${line}`),
  ...after.filter((line) => !before.includes(line)).map((line) => `  + ${line}`),
];
