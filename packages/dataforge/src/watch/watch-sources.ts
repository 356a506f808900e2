import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { packageName, querySources } from '../sources/index.ts';

export interface WatchOptions {
  readonly schemaDir: string;
  /** Called after a relevant file was saved; never while an earlier call is under way. */
  readonly onChange: () => Promise<void>;
  /** Calls it once at the start, too. */
  readonly atOnce?: boolean;
}

/** Milliseconds in which several saves count as one: editors write a file more than once. */
const SETTLE = 150;

/** What the generator itself writes, and what nobody edits. */
const IGNORED = /(^|[\\/])(node_modules|dist|generated|migrations|\.vibestack|\.wrangler|\.git)([\\/]|$)/;

/**
 * Watches entities, the application's own SQL, and every source that names the schema package, for those may hold
 * queries.
 *
 * @returns ends the watching; a call that is under way is waited for
 */
export function watchSources({ schemaDir, onChange, atOnce = false }: WatchOptions): () => Promise<void> {
  const name = packageName(schemaDir);
  const schema = join(schemaDir, 'src') + sep;
  let timer: NodeJS.Timeout | undefined;

  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, SETTLE);
  };
  const saved = async (dir: string, file: string) => {
    if (IGNORED.test(file) || !/\.(tsx?|mts|sql)$/.test(file)) return;
    const path = join(dir, file);
    if (path.startsWith(schema) || (await mentions(path, name))) settle();
  };
  const sources = querySources(schemaDir);
  const isAmong = sources.some((dir) => schema.startsWith(dir + sep));
  const watchers = [...sources, ...(isAmong ? [] : [schema])].map((dir): FSWatcher =>
    watch(dir, { recursive: true }, (_, file) => {
      if (file !== null) void saved(dir, file);
    }),
  );
  let running = atOnce ? onChange() : Promise.resolve();
  return async () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
    await running;
  };
}

/** A file that is gone may have had the only use of a query: that counts. */
async function mentions(path: string, name: string): Promise<boolean> {
  try {
    return (await readFile(path, 'utf8')).includes(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}
