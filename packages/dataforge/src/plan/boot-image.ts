import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';

type Extensions = NonNullable<PGliteOptions['extensions']>;

/**
 * Starts an empty PGlite in memory from the image of one that was started before: making the cluster anew takes a second
 * or two, loading it a third of one.
 *
 * The image lies beside this package's dependencies and is named by PGlite's version. Where nothing can be written, or
 * what is there does not load, the cluster is made anew.
 */
export async function startFromImage(extensions: Extensions): Promise<PGlite> {
  const path = imagePath();
  const image = read(path);
  if (image) {
    try {
      return await PGlite.create({ extensions, loadDataDir: image });
    } catch {
      rmSync(path, { force: true }); // half written, or of another build
    }
  }
  const db = await PGlite.create({ extensions });
  await write(path, db);
  return db;
}

function imagePath(): string {
  const pglite = dirname(dirname(fileURLToPath(import.meta.resolve('@electric-sql/pglite'))));
  const { version } = JSON.parse(readFileSync(join(pglite, 'package.json'), 'utf8')) as { version: string };
  return fileURLToPath(new URL(`../../node_modules/.cache/shadow-${version}.tar`, import.meta.url));
}

function read(path: string): Blob | null {
  try {
    return new Blob([readFileSync(path)]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Under a name of this process first: another one may read, or write, at the same time. */
async function write(path: string, db: PGlite): Promise<void> {
  const image = Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer());
  const own = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(own, image);
    renameSync(own, path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes(code)) throw error;
    rmSync(own, { force: true });
  }
}
