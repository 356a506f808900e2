import { OWN, PUBLIC, type Rule } from './rule.ts';

const relations = (condition: string, subject = `c.oid::regclass::text`): string =>
  `select 'relation ' || c.oid::regclass as key, ${subject} as subject from pg_class c
    where c.${PUBLIC} and ${OWN('pg_class', 'c.oid')} and ${condition} order by 1`;

/** Tables that are not what they seem. */
export const TABLES: readonly Rule[] = [
  {
    code: 'partitioned_table',
    sql: relations(`c.relkind = 'p' and not c.relispartition`),
    loses: true,
    says: (table) => `Table ${table} is partitioned, which entities cannot say.`,
    fix: 'Leave it to the server and ask it by SQL, or move its rows to a plain table.',
  },
  {
    code: 'partition',
    sql: relations(
      `c.relkind in ('r', 'p') and c.relispartition`,
      `c.oid::regclass || ' of ' || (select i.inhparent::regclass from pg_inherits i where i.inhrelid = c.oid)`,
    ),
    loses: true,
    says: (table) => `Table ${table} is a partition.`,
    fix: 'As for the table that it is part of.',
  },
  {
    code: 'inherited_table',
    sql: relations(
      `c.relkind = 'r' and not c.relispartition and exists (select from pg_inherits i where i.inhrelid = c.oid)`,
      `c.oid::regclass || ' inherits from ' ||
        (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid)`,
    ),
    loses: true,
    says: (table) => `Table ${table}, which entities cannot say.`,
    fix: 'Make it a table of its own (alter table … no inherit …), and pull again.',
  },
  {
    code: 'foreign_table',
    sql: relations(`c.relkind = 'f'`),
    loses: true,
    says: (table) => `Table ${table} lies on another server.`,
    fix: 'Ask it by SQL on the server, or copy its rows to a plain table.',
  },
  {
    code: 'unlogged_table',
    sql: relations(`c.relkind = 'r' and c.relpersistence = 'u'`),
    loses: false,
    says: (table) =>
      `Table ${table} is unlogged, which is not pulled: its changes are in no WAL, so nobody would receive them.`,
    fix: `Run: alter table … set logged`,
  },
  {
    code: 'row_security',
    sql: relations(
      `c.relkind in ('r', 'p') and (c.relrowsecurity or exists (select from pg_policy p where p.polrelid = c.oid))`,
      `c.oid::regclass || (select coalesce(' (' || string_agg(quote_ident(p.polname), ', ' order by p.polname) || ')', '')
        from pg_policy p where p.polrelid = c.oid)`,
    ),
    loses: false,
    says: (table) =>
      `Row-level security of ${table} is not pulled. It stays in this database, and another will not have it.`,
    fix: 'Say who may see rows by @Scope and @Access; keep policies for other programs in src/sql/*.server.sql.',
  },
  {
    code: 'rule',
    sql: `select 'rule ' || w.ev_class::regclass || '.' || quote_ident(w.rulename) as key,
        quote_ident(w.rulename) || ' on ' || w.ev_class::regclass as subject
      from pg_rewrite w join pg_class c on c.oid = w.ev_class and c.${PUBLIC} and ${OWN('pg_class', 'c.oid')}
      where w.rulename <> '_RETURN' order by 1`,
    loses: true,
    says: (rule) => `Rule ${rule} is not pulled.`,
    fix: 'Make it a trigger in src/sql/*.server.sql.',
  },
  {
    code: 'invalid_index',
    sql: `select 'index ' || c.oid::regclass || '.' || quote_ident(x.relname) as key,
        x.oid::regclass || ' of ' || c.oid::regclass as subject
      from pg_index i join pg_class c on c.oid = i.indrelid and c.${PUBLIC}
        join pg_class x on x.oid = i.indexrelid where not i.indisvalid order by 1`,
    loses: true,
    says: (index) => `Index ${index} is invalid: it was not finished.`,
    fix: 'Run `reindex index concurrently …` or drop it, and pull again.',
  },
  {
    code: 'table_options',
    sql: relations(
      `c.relkind = 'r' and c.reloptions is not null`,
      `c.oid::regclass || ' (' || array_to_string(c.reloptions, ', ') || ')'`,
    ),
    loses: false,
    says: (table) => `Storage options of table ${table} are not pulled. They stay in this database.`,
    fix: 'Write `alter table … set (…)` in src/sql/*.server.sql, if another shall have them.',
  },
  {
    code: 'replica_identity',
    sql: relations(
      `c.relkind = 'r' and c.relreplident <> 'd' and not exists (select from pg_publication p
        join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid where p.pubname = 'vibestack')`,
    ),
    loses: false,
    says: (table) => `The replica identity of ${table} is not pulled.`,
    fix: 'Synchronised tables get the one that they need; for other programs write it in src/sql/*.server.sql.',
  },
];
