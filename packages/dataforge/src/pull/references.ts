import { isPublic, schemaOf } from './names.ts';
import type { Edge } from './source.ts';
import type { Seeds } from './unsayable.ts';

/** What parts lean on that is not pulled, or not there in time. */
export function refuseReferences(seeds: Seeds, edges: readonly Edge[]): void {
  for (const { from, to } of edges) {
    refuseReference(seeds, to);
    refuseDomain(seeds, from, to);
  }
  refuseEarly(seeds, edges);
}

function refuseReference(seeds: Seeds, key: string): void {
  const [kind = '', ...rest] = key.split(' ');
  const name = rest.join(' ');
  if (kind === 'other') {
    seeds.set(key, {
      code: 'own_object',
      message: `Your own ${name} is not pulled.`,
      fix: 'Write it in src/sql/first/*.server.sql, and what needs it beside.',
    });
  } else if (liesElsewhere(kind, name)) {
    const code = 'other_schema';
    seeds.set(key, {
      code,
      message: `${name} lies in schema ${schemaOf(name)}.`,
      fix: 'Move it to schema public, and pull again.',
    });
  }
}

/** `column t.c` and the like have one point where their table lies in public. */
function liesElsewhere(kind: string, name: string): boolean {
  if (['relation', 'sequence', 'type', 'function'].includes(kind)) return !isPublic(name);
  return kind === 'column' && /\..*\./s.test(name.replace(/"(?:[^"]|"")*"/g, ''));
}

/** Domains are made after extensions, enums and the domains below them, and before all else that is the application's. */
function refuseDomain(seeds: Seeds, from: string, to: string): void {
  if (!from.startsWith('type ') || !to.startsWith('function ')) return;
  seeds.set(from, {
    code: 'domain_needs',
    message: `Domain ${from.slice(5)} needs ${to}, which the model makes after it, or not for it.`,
    fix: 'Write its type and check with what Postgres has itself.',
  });
}

/** Tables need some functions before they are there; such a function cannot speak of tables. */
function refuseEarly(seeds: Seeds, edges: readonly Edge[]): void {
  const speaks = (name: string, seen: ReadonlySet<string>): boolean =>
    edges.some(
      ({ from, to }) =>
        from === name &&
        (/^(relation|column) /.test(to) ||
          (to.startsWith('function ') && !seen.has(to) && speaks(to, new Set([...seen, to])))),
    );
  for (const { from, to } of edges) {
    if (!/^(default|constraint|index) /.test(from) || !to.startsWith('function ') || !speaks(to, new Set([to])))
      continue;
    seeds.set(from, {
      code: 'needs_tables',
      message: `The ${from} calls ${to}, which takes rows of tables: it can only be made after them.`,
      fix: 'Have it take the columns’ values, or write what calls it in src/sql/*.server.sql.',
    });
  }
}
