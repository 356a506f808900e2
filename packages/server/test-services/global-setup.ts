import { createRequire } from 'node:module';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated, seeded database of this run's own. */
    databaseUrl: string;
    /** Publishes the key set, and signs any claims that are posted to it. */
    issuerUrl: string;
  }
}

/**
 * Runs in Node, but is loaded through Vite, which resolves packages as workerd wants them. What it starts must see them
 * as Node does, so it is loaded by Node itself.
 */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  const { begin } = createRequire(import.meta.url)('./services.ts') as typeof import('./services.ts');
  return begin(project);
}
