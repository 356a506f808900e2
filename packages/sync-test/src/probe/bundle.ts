import { join, resolve } from 'node:path';
import { build } from 'vite';

/** Makes the probe Worker one module. @returns its path, in `directory` */
export async function bundleProbe(directory: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'webworker' },
    build: {
      ssr: resolve(import.meta.dirname, 'worker/probe.worker.ts'),
      outDir: directory,
      target: 'esnext',
      minify: false,
      rolldownOptions: { external: [/^(cloudflare|node):/], output: { entryFileNames: 'probe.js' } },
    },
  });
  return join(directory, 'probe.js');
}
