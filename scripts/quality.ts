import { runSteps } from './steps.ts';

// Fast, and in CI: what a machine can say about the code without running it.
process.exitCode = runSteps([
  { name: 'Types', command: ['tsc', '-b'] },
  { name: 'Lint', command: ['eslint', '.'] },
  { name: 'Format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'Unused code and dependencies', command: ['knip'] },
  { name: 'Generated files', command: ['node', 'packages/dataforge/src/cli.ts', 'check'] },
  {
    name: 'Import direction',
    command: ['vitest', 'run', '--project', 'unit', 'scripts/checks/import-direction.test.ts'],
  },
]);
