import type { Catalog } from '../catalog/types.ts';
import type { Rebuild } from './rebuild.ts';
import { compare, mentions, type Steps } from './step.ts';

/** Functions, views and publications. */
export function planPrograms(from: Catalog, to: Catalog, steps: Steps, rebuild: Rebuild): void {
  planFunctions(from, to, steps, rebuild);
  planViews(from, to, steps, rebuild);
  planPublications(from, to, steps);
}

function planFunctions(from: Catalog, to: Catalog, steps: Steps, rebuild: Rebuild): void {
  const { added, removed, kept } = compare(from.functions, to.functions);
  const newTables = compare(from.tables, to.tables).added.map(([name]) => name);
  for (const [name, { kind }] of removed) {
    const sql = `drop ${kind} ${name};`;
    steps.add('dropFunction', sql, `Drops ${kind} ${name}`, { phase: 'contract' });
  }
  for (const [name, { kind }] of kept.filter(([key]) => rebuild.function(key))) {
    steps.add('dropGenerated', `drop ${kind} ${name};`, `Makes room for another ${name}`);
  }
  const made = [
    ...added,
    ...kept.flatMap(([name, before, after]) =>
      before.definition === after.definition && !rebuild.function(name) ? [] : [[name, after] as const],
    ),
  ];
  for (const [name, { definition, shape, kind }] of made) {
    const late = newTables.some((table) => mentions(shape, table));
    steps.add(late ? 'laterFunction' : 'function', `${definition.trimEnd()};`, `Defines ${kind} ${name}`);
  }
}

function planViews(from: Catalog, to: Catalog, steps: Steps, rebuild: Rebuild): void {
  const kind = (materialized: boolean) => (materialized ? 'materialized view' : 'view');
  const gone = Object.entries(from.views).filter(([name]) => !(name in to.views) || rebuild.view(name));
  for (const [name, { materialized }] of gone.reverse()) {
    steps.add('dropView', `drop ${kind(materialized)} ${name};`, `Drops view ${name}`);
  }
  for (const [name, { materialized, definition }] of Object.entries(to.views)) {
    if (name in from.views && !rebuild.view(name)) continue;
    steps.add('view', `create ${kind(materialized)} ${name} as\n${definition}`, `Defines view ${name}`);
  }
}

function planPublications(from: Catalog, to: Catalog, steps: Steps): void {
  const { added, removed, kept } = compare(from.publications, to.publications);
  for (const [name] of removed) steps.add('unpublish', `drop publication ${name};`, `Ends publication ${name}`);
  for (const [name, { tables, generated }] of added) {
    const list = tables.length > 0 ? ` for table ${tables.join(', ')}` : '';
    steps.add('publish', `create publication ${name}${list};`, `Publishes changes as ${name}`);
    if (generated) publishGenerated(name, true, steps, 'publish');
  }
  for (const [name, before, after] of kept) {
    // A table that is dropped is published until then, for those who still write to it.
    const hidden = before.tables.filter((one) => !after.tables.includes(one) && one in to.tables);
    for (const table of hidden) {
      steps.add('unpublish', `alter publication ${name} drop table ${table};`, `Publishes ${table} no more`);
    }
    for (const table of after.tables.filter((one) => !before.tables.includes(one))) {
      steps.add('publish', `alter publication ${name} add table ${table};`, `Publishes changes of ${table}`);
    }
    if (before.generated === null || after.generated === null || before.generated === after.generated) continue;
    publishGenerated(name, after.generated, steps);
  }
}

/** Servers before 18 have no such parameter, and no need of it. */
function publishGenerated(
  name: string,
  generated: boolean,
  steps: Steps,
  stage: 'publish' | 'unpublish' = 'unpublish',
): void {
  const set = `alter publication ${name} set (publish_generated_columns = ${generated ? 'stored' : 'none'});`;
  const sql = `do $$ begin\n  if current_setting('server_version_num')::int >= 180000 then\n    ${set}\n  end if;\nend $$;`;
  const why = `Says whether ${name} carries generated columns`;
  // Postgres refuses updates of a table whose full old row holds such a column unpublished: on before it comes, off after it went.
  if (generated) steps.add(stage, sql, why);
  else steps.add('unpublishGenerated', sql, why, { phase: 'contract' });
}
