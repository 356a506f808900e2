import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, reachable } from './imports.ts';

const BUILD_TIME = /^(typeorm|reflect-metadata|oxc-transform|@vibestack\/dataforge)(\/|$)/;

describe.each([
  ['the Worker', 'apps/server/src/index.ts', 'packages/server/src/sync-do/sync-do.ts'],
  ['the page', 'apps/web/src/main.tsx', 'packages/client/src/client.ts'],
  ['the page’s database worker', 'apps/web/src/database.worker.ts', 'packages/client/src/store/store.ts'],
])('what goes into %s', (_, entry, deep) => {
  const { files, packages } = reachable(join(ROOT, entry));

  it('is found all the way down', () => {
    expect(files).toContain(join(ROOT, deep));
  });

  it('has nothing of TypeORM, DataForge or the decorators in it', () => {
    expect([...packages].filter((name) => BUILD_TIME.test(name))).toEqual([]);
    expect([...files].filter((path) => /packages\/(dataforge|schema\/src)\//.test(path))).toEqual([]);
  });
});
