import { spawnSync } from 'node:child_process';

/** Gzipped KiB that each Worker may have. The page's build holds the server's Worker: they are deployed together. */
const LIMITS: Readonly<Record<string, number>> = { 'apps/web': 400 };

/** Does all of a deployment but the upload, and holds each Worker's size against its limit. */
for (const [directory, limit] of Object.entries(LIMITS)) {
  const { stdout, stderr, status } = spawnSync('node_modules/.bin/wrangler', ['deploy', '--dry-run'], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
  });
  const size = Number(/gzip: ([\d.]+) KiB/.exec(stdout)?.[1]);
  if (status !== 0 || !Number.isFinite(size)) {
    console.error(stdout, stderr);
    throw new Error(`${directory} does not bundle`);
  }
  console.log(`   ${directory}: ${size} KiB gzipped, of at most ${limit}`);
  if (size > limit) throw new Error(`${directory} is larger than ${limit} KiB gzipped`);
}
