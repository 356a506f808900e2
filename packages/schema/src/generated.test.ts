import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const PACKAGE = resolve(import.meta.dirname, '..');
const OLDEST = join(PACKAGE, 'node_modules/typescript-5.5/bin/tsc');
const OPTIONS =
  '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --noEmit --skipLibCheck --module nodenext --target es2023 --allowImportingTsExtensions --types';

it.each(['client', 'server'])('what is generated for the %s compiles under TypeScript 5.5', (side) => {
  const args = [OLDEST, ...OPTIONS.split(' '), 'node', `generated/${side}/index.ts`];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: PACKAGE, encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
