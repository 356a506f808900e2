import { join } from 'node:path';
import { HELP, readOptions } from './options.ts';
import { progressBar } from './progress.ts';
import { removeRunLock, runningInstance, writeRunLock } from './run-lock.ts';
import { ROOT, startStack } from './stack.ts';

const stateDir = join(ROOT, '.vibestack');
const lock = join(stateDir, 'dev.json');

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return;
  }
  const running = await runningInstance(lock);
  if (running) {
    console.log(`\n  VibeStack runs already (process ${running.pid}): ${running.url}\n`);
    return;
  }
  const stack = await startStack({
    stateDir,
    databaseUrl: process.env['DATABASE_URL'] ?? null,
    port: options.port,
    size: options.seed ? options.size : null,
    onStep: (sentence) => {
      console.log(`  ${sentence} …`);
    },
    onProgress: progressBar('Seeding'),
  });
  writeRunLock(lock, stack.url);
  console.log(`
  VibeStack is running

    Page      ${stack.url}
    Postgres  ${stack.databaseUrl}

  Sign in as Ann in one browser and as Bob in another. Stop with Ctrl-C.
`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Libraries that were started above would exit at once, and leave Postgres and the Worker's storage behind.
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      console.log('\n  Stopping …');
      removeRunLock(lock);
      void stack.stop().then(() => process.exit(0), fail);
    });
  }
}

function fail(error: unknown): void {
  const { code, message, hint, fix } = error as { code?: string; message?: string; hint?: string; fix?: string };
  const advice = hint ?? fix;
  console.error(`\n  ${code ? `${code}: ` : ''}${message ?? String(error)}${advice ? `\n  → ${advice}` : ''}\n`);
  process.exit(1);
}

main().catch(fail);
