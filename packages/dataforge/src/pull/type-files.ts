import type { Catalog, DomainEntry } from '../catalog/types.ts';
import { readable } from './condition.ts';
import { array, call, layout, object, sql, text } from './layout.ts';
import { inNameOrder, unquote } from './names.ts';

/** `src/domains.ts`: the domains that entities use, by constant. */
export function domainsFile({ domains }: Catalog, constants: ReadonlyMap<string, string>): string {
  const declared = [...constants]
    .sort(([, a], [, b]) => (a < b ? -1 : 1))
    .map(([name, constant]) => {
      const start = `export const ${constant} = `;
      const entry = domains[name];
      return entry ? `\n${start}${layout(declaration(name, entry), 0, start.length, 1)};\n` : '';
    });
  return `import { domain } from '@vibestack/dataforge/entities';\n${declared.join('')}`;
}

const declaration = (name: string, { type, notNull, checks }: DomainEntry) =>
  call(
    'domain',
    text(unquote(name)),
    object({
      type: text(type),
      notNull: notNull ? 'true' : undefined,
      check: allOf(inNameOrder(checks).map(([, check]) => check)),
    }),
  );

/** A domain of the model has one check. */
function allOf(checks: readonly string[]) {
  const expressions = checks.map((check) => readable(check.replace(/^CHECK /, '').replace(/ NOT VALID$/, '')));
  const [only, ...more] = expressions;
  if (only === undefined) return undefined;
  return sql(more.length === 0 ? only : expressions.map((one) => `(${one})`).join(' and '));
}

/** `src/enums.ts`: labels of enums that several columns have, by constant. */
export function enumsFile({ enums }: Catalog, constants: ReadonlyMap<string, string>): string {
  return [...constants]
    .sort(([, a], [, b]) => (a < b ? -1 : 1))
    .map(([name, constant]) => {
      const start = `export const ${constant} = `;
      return `${start}${layout(array((enums[name] ?? []).map(text)), 0, start.length, 1)};\n`;
    })
    .join('');
}
