import { runForge } from './run-forge.ts';

/** What a save led to: an error to show, or what was written and migrated. */
export type Regenerated =
  | { readonly ok: true; readonly written: readonly string[]; readonly migrated: readonly number[] }
  | { readonly ok: false; readonly title: string; readonly fix: string };

/**
 * Generates anew, and brings the development database along.
 *
 * @param options.url    the database; null migrates none
 * @param options.allow  risks that need no yes here, as on the command line
 */
export async function regenerate(options: {
  readonly schemaDir: string;
  readonly url: string | null;
  readonly allow?: readonly string[];
}): Promise<Regenerated> {
  const { schemaDir, url, allow = [] } = options;
  const common = ['--schema', schemaDir, ...(allow.length > 0 ? ['--allow', allow.join(',')] : [])];
  const generated = await runForge('gen', ...common);
  const migrated = url === null ? null : await runForge('migrate', 'apply', '--url', url, ...common);
  const failed = [generated, migrated].find((answer) => answer?.ok === false);
  if (failed?.ok === false) return { ok: false, title: `${failed.code}: ${failed.message}`, fix: failed.fix };
  return {
    ok: true,
    written: (generated.ok && generated.written) || [],
    migrated: (migrated?.ok && migrated.applied) || [],
  };
}
