import type { Catalog } from '../catalog/types.ts';
import { mentions } from './step.ts';

/** What the costs of a step depend on besides the table that it is about. */
export interface Facts {
  /** Gives another value for each row, so that every row has to be written. */
  isVolatile(expression: string): boolean;
  /** Postgres checks each row for it, even where all are null. */
  isConstrained(type: string): boolean;
  isPublished(table: string): boolean;
  /** Whether some constraint may be checked as late as at the end of the transaction. */
  readonly hasDeferrable: boolean;
}

const VOLATILE = /\b(random\w*|clock_timestamp|gen_random_uuid|uuidv[47]|uuid_generate_v\d\w*|nextval|timeofday)\s*\(/i;

export function factsOf(from: Catalog, to: Catalog): Facts {
  const volatile = Object.entries(to.functions)
    .filter(([, { definition }]) => !/^ .*\b(IMMUTABLE|STABLE)\b/m.test(definition))
    .map(([name]) => name.replace(/\(.*$/, ''));
  const constraints = Object.values(from.tables).flatMap((table) => Object.values(table.constraints));
  return {
    isVolatile: (expression) => VOLATILE.test(expression) || volatile.some((name) => mentions(expression, name)),
    isConstrained: (type) => {
      const domain = to.domains[type];
      return domain !== undefined && (domain.notNull || Object.keys(domain.checks).length > 0);
    },
    isPublished: (table) => Object.values(from.publications).some(({ tables }) => tables.includes(table)),
    hasDeferrable: constraints.some(({ definition }) => /\bDEFERRABLE\b/.test(definition)),
  };
}
