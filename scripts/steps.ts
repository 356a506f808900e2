import { spawnSync } from 'node:child_process';

export interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Directory to run in, below the root. */
  readonly cwd?: string;
}

/** Runs steps one after the other until one fails. @returns the exit code */
export function runSteps(steps: readonly Step[]): number {
  for (const { name, command, cwd } of steps) {
    const began = performance.now();
    console.log(`\n── ${name}`);
    const [program, ...args] = command;
    const { status, error } = spawnSync(program, args, { stdio: 'inherit', ...(cwd === undefined ? {} : { cwd }) });
    if (error) console.error(error.message);
    if (status !== 0) {
      console.error(`\n${name}: failed`);
      return status ?? 1;
    }
    console.log(`   ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  return 0;
}
