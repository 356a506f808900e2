import type { Problem } from '../../errors.ts';

/** Something in a database that entities have no words for. */
export interface Finding {
  readonly problem: Problem;
  /** The part that cannot be had at all; null where it can, but for what the problem says. */
  readonly loses: string | null;
}

export interface Rule {
  readonly code: string;
  /** Rows of `key` and `subject`, both in terms of {@link Finding}. */
  readonly sql: string;
  readonly loses: boolean;
  readonly says: (subject: string) => string;
  readonly fix: string;
}

/** For `pg_class`. */
export const PUBLIC = `relnamespace = 'public'::regnamespace`;
/** Neither an extension's, nor made along with something else, as the functions of a range type are. */
export const OWN = (catalog: string, id: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${id}
    and (e.deptype = 'e' or e.deptype = 'i' and e.refclassid = 'pg_type'::regclass))`;
