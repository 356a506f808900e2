import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A package of the workspace, and what its sources import. */
export interface PackageImports {
  readonly name: string;
  readonly directory: string;
  /** Specifiers of other packages, with the file that names them; tests and build files aside. */
  readonly imports: readonly { readonly file: string; readonly specifier: string }[];
}

const SKIPPED = new Set(['node_modules', 'dist', 'testing', 'test-services', 'e2e', 'bench', 'probe', 'faults']);
const isSource = (name: string) =>
  /\.tsx?$/.test(name) && !/\.(test|conformance)\.tsx?$|vitest-setup\.ts$|^testing\.ts$|\.config\.ts$/.test(name);

/** Reads every package below `apps` and `packages`. */
export function readPackages(): PackageImports[] {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(ROOT, group)).map((name) => {
      const directory = join(ROOT, group, name);
      const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { name: string };
      return { name: manifest.name, directory, imports: [...sources(directory)].flatMap(importsOf) };
    }),
  );
}

function* sources(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* sources(path);
    } else if (isSource(entry.name)) yield path;
  }
}

/** Static and dynamic imports, re-exports, and `new URL(…, import.meta.url)`. */
export function specifiersOf(path: string): string[] {
  const source = readFileSync(path, 'utf8').replaceAll(/^\s*(\/\/|\*).*$/gm, '');
  const pattern = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]|new URL\(\s*['"]([^'"]+)['"]/g;
  return [...source.matchAll(pattern)].map(([, imported, url]) => imported ?? url ?? '');
}

const importsOf = (path: string) =>
  specifiersOf(path)
    .filter((specifier) => !specifier.startsWith('.'))
    .map((specifier) => ({ file: relative(ROOT, path), specifier }));

/** Every module that an entry reaches, through the workspace's own sources. Type imports count too. */
export function reachable(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    if (files.has(path)) return;
    files.add(path);
    for (const specifier of specifiersOf(path)) {
      if (specifier.startsWith('.')) {
        if (isSource(specifier)) visit(join(dirname(path), specifier));
        continue;
      }
      const own = resolveOwn(specifier);
      if (own) visit(own);
      else packages.add(specifier);
    }
  };
  visit(entry);
  return { files, packages };
}

/** The source file behind a specifier of the workspace's own packages. */
function resolveOwn(specifier: string): string | null {
  const owner = readPackages().find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!owner) return null;
  const manifest = JSON.parse(readFileSync(join(owner.directory, 'package.json'), 'utf8')) as {
    exports: Record<string, string>;
  };
  const path = manifest.exports[`.${specifier.slice(owner.name.length)}`];
  return path === undefined ? null : join(owner.directory, path);
}
