import { expect, it } from 'vitest';
import { readPackages } from './imports.ts';

/** Which of our packages each may import. Data flows one way: whoever is not named here is not to be reached. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  '@vibestack/sync-types': [],
  '@vibestack/sync-core': ['@vibestack/sync-types'],
  '@vibestack/replication': [],
  '@vibestack/server': ['@vibestack/replication', '@vibestack/sync-core', '@vibestack/sync-types'],
  '@vibestack/client': ['@vibestack/sync-core', '@vibestack/sync-types'],
  '@vibestack/dev-postgres': [],
  '@vibestack/dataforge': ['@vibestack/dev-postgres', '@vibestack/sync-types'],
  '@repo/schema': ['@vibestack/dataforge', '@vibestack/sync-types'],
  '@repo/server': ['@vibestack/server', '@repo/schema'],
  '@repo/web': ['@vibestack/client', '@repo/schema'],
  '@repo/sync-test': [
    '@repo/schema',
    '@repo/scripts',
    '@vibestack/client',
    '@vibestack/dataforge',
    '@vibestack/dev-postgres',
  ],
  '@repo/config': [],
  '@repo/typescript-config': [],
};

const packages = readPackages();

it('every package is in the plan', () => {
  expect(packages.map(({ name }) => name).sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

it.each(packages)('$name imports only what lies below it', ({ name, imports }) => {
  const ours = imports.filter(({ specifier }) => /^@(vibestack|repo)\//.test(specifier));
  const wrong = ours.filter(({ specifier }) => {
    const target = specifier.split('/').slice(0, 2).join('/');
    return target !== name && !MAY_IMPORT[name]?.includes(target);
  });
  expect(wrong).toEqual([]);
});
