import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@repo/scripts/stack';

/** A fenced block of a guide: what it is, and the file that it is about. */
export interface GuideBlock {
  readonly language: string;
  readonly path: string;
  readonly text: string;
}

/** The fenced blocks of `docs/guides/NAME.md`, in order. */
export function readGuide(name: string): GuideBlock[] {
  const source = readFileSync(join(ROOT, 'docs/guides', `${name}.md`), 'utf8');
  return [...source.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, language, path, text]) => ({
    language: language ?? '',
    path: path ?? '',
    text: text ?? '',
  }));
}

/**
 * Applies a block that shows lines to add (`+`) below lines that are there (those that begin with a space).
 *
 * @throws {Error} the lines are not there, so that a guide that is out of date fails
 */
export function applyDiff(source: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const context = lines.filter((line) => line.startsWith(' ')).map((line) => line.slice(1));
  const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  const place = `${context.join('\n')}\n`;
  if (!source.includes(place)) throw new Error(`The guide speaks of lines that are not there: ${place}`);
  return source.replace(place, () => `${place}${added.join('\n')}\n`);
}
