import type { PGlite } from '@electric-sql/pglite';
import { typeOf, type Facts, type FunctionFact, type OperatorFact, type RelationFact } from './facts.ts';
import { parseNodeTree } from './node-tree-text.ts';
import { TreeNode, type TreeValue } from './node-tree.ts';

/** How to tell geometric types and ranges in `pg_type t`; the polymorphic ranges are pseudo-types to Postgres. */
const GEOMETRIC = `t.typcategory = 'G'`;
const RANGE = `(t.typcategory = 'R' or t.typname ~ '^any.*range$')`;

const FUNCTIONS = `select p.oid::int8::text as oid, p.proname as name, p.proisstrict as strict,
    p.pronamespace = 'pg_catalog'::regnamespace as builtin,
    format('%s(%s)', p.proname, (select string_agg(format_type(a.type, null), ',' order by a.i)
      from unnest(p.proargtypes) with ordinality as a (type, i))) as signature,
    exists (select from pg_type t where t.oid = any (p.proargtypes) and (${GEOMETRIC} or ${RANGE})) as exotic,
    exists (select from pg_cast c where c.castfunc = p.oid and c.castsource <> 'jsonb'::regtype) as cast
  from pg_proc p where p.oid = any ($1::oid[])`;

const OPERATORS = `select o.oid::int8::text as oid, o.oprname as name,
    o.oprnamespace = 'pg_catalog'::regnamespace as builtin,
    exists (select from pg_type t where t.oid in (o.oprleft, o.oprright) and ${GEOMETRIC}) as geometric
  from pg_operator o where o.oid = any ($1::oid[])`;

/** Domains whose values are never null, because of themselves or of a domain that they are made of. */
const NOT_NULL_DOMAINS = `with recursive chain as (
    select t.oid, t.oid as at from pg_type t where t.typtype = 'd'
    union all select c.oid, t.typbasetype from chain c join pg_type t on t.oid = c.at and t.typtype = 'd'
  ) select c.oid from chain c join pg_type t on t.oid = c.at where t.typnotnull`;

/**
 * `attnotnull` alone proves nothing: since Postgres 18 a constraint may be not yet validated, it may not hold for the
 * tables that inherit, and foreign tables' servers are not held to it at all
 * (https://www.postgresql.org/docs/18/catalog-pg-attribute.html).
 */
const RELATIONS = `select c.oid::int8::text as oid, c.relhasrules as "hasRules",
    case when c.relkind = 'v' then (select w.ev_action::text from pg_rewrite w
      where w.ev_class = c.oid and w.rulename = '_RETURN') end as view,
    coalesce((select json_agg(a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and c.relkind in ('r', 'p')
        and (a.atttypid in (${NOT_NULL_DOMAINS})
          or a.attnotnull and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'n'
            and k.conkey = array[a.attnum] and (not k.convalidated or k.connoinherit)))), '[]') as "notNull"
  from pg_class c where c.oid = any ($1::oid[])`;

const TYPES = `select t.oid::int8::text as oid, t.typsubscript = 'array_subscript_handler'::regproc as array,
    t.oid in (${NOT_NULL_DOMAINS}) as "notNull"
  from pg_type t where t.oid = any ($1::oid[])`;

const FUNCTION_FIELDS = ['funcid', 'aggfnoid', 'winfnoid', 'opfuncid'] as const;

/** Asks the catalogs about all that a tree mentions, then about what the views in it mention, and so on. */
export async function loadFacts(db: Pick<PGlite, 'query'>, tree: TreeNode): Promise<Facts> {
  const functions = new Map<number, FunctionFact>();
  const operators = new Map<number, OperatorFact>();
  const stored = new Map<number, RelationRow>();
  const relations = new Map<number, RelationFact>();
  const types = new Map<number, TypeFact>();
  const ask = async <Fact>(sql: string, oids: ReadonlySet<number>, known: Map<number, Fact>) => {
    const wanted = [...oids].filter((oid) => !known.has(oid));
    if (wanted.length === 0) return;
    const { rows } = await db.query<Fact & { oid: string }>(sql, [`{${wanted.join()}}`]);
    for (const row of rows) known.set(Number(row.oid), row);
  };

  let unread = [tree];
  while (unread.length > 0) {
    const mentioned = mentionsOf(unread);
    await ask(FUNCTIONS, mentioned.functions, functions);
    await ask(OPERATORS, mentioned.operators, operators);
    await ask(TYPES, mentioned.types, types);
    await ask(RELATIONS, mentioned.relations, stored);
    unread = [];
    for (const [oid, { notNull, hasRules, view }] of stored) {
      if (relations.has(oid)) continue;
      const query = view === null ? null : queryIn(view);
      relations.set(oid, { notNull: new Set(notNull), hasRules, view: query });
      if (query !== null) unread.push(query);
    }
  }
  const typesThat = (is: (type: TypeFact) => boolean): ReadonlySet<number> =>
    new Set([...types].flatMap(([oid, type]) => (is(type) ? [oid] : [])));
  return {
    functions,
    operators,
    relations,
    notNullDomains: typesThat(({ notNull }) => notNull),
    arrayTypes: typesThat(({ array }) => array),
  };
}

interface TypeFact {
  readonly array: boolean;
  readonly notNull: boolean;
}

interface RelationRow {
  readonly hasRules: boolean;
  readonly view: string | null;
  readonly notNull: readonly number[];
}

/** @returns the first query in the text of a tree, however deep the lists around it; null for an empty statement */
export function queryIn(text: string): TreeNode | null {
  let value = parseNodeTree(text);
  while (Array.isArray(value)) value = (value as readonly TreeValue[])[0] ?? null;
  return value instanceof TreeNode ? value : null;
}

function mentionsOf(trees: readonly TreeNode[]) {
  const mentioned = {
    functions: new Set<number>(),
    operators: new Set<number>(),
    relations: new Set<number>(),
    types: new Set<number>(),
  };
  for (const tree of trees) {
    for (const node of tree.walk()) {
      for (const field of FUNCTION_FIELDS) if (node.has(field)) mentioned.functions.add(node.int(field));
      if (node.has('opno')) mentioned.operators.add(node.int('opno'));
      if (node.tag === 'RANGETBLENTRY' && node.has('relid')) mentioned.relations.add(node.int('relid'));
      const type = typeOf(node);
      if (type !== null) mentioned.types.add(type);
    }
  }
  return mentioned;
}
