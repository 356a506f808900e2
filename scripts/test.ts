import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { runSteps } from './steps.ts';

const CHROMIUMS = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser tests need a Chromium. On Debian as root it is installed; elsewhere that is for a person to do. */
function ensureChromium(): boolean {
  const there = () => CHROMIUMS.some((path) => path !== undefined && existsSync(path));
  if (there()) return true;
  const debian = existsSync('/etc/os-release') && readFileSync('/etc/os-release', 'utf8').includes('debian');
  if (debian && process.getuid?.() === 0) {
    console.log('\n── Installing Chromium');
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  if (there()) return true;
  console.error(
    'The browser tests need Chromium: install it (Debian: sudo apt-get install chromium), or set CHROMIUM_PATH.',
  );
  return false;
}

// Everything that has to hold. The tests come last, so that their summary closes the output.
process.exitCode = ensureChromium()
  ? runSteps([
      { name: 'Quality', command: ['node', 'scripts/quality.ts'] },
      { name: 'Page', command: ['node_modules/.bin/vite', 'build', '--logLevel', 'error'], cwd: 'apps/web' },
      { name: 'Worker bundle', command: ['node', 'scripts/bundle-size.ts'] },
      { name: 'Tests', command: ['vitest', 'run'] },
    ])
  : 1;
