import { expect, it } from 'vitest';
import { levelsOf } from './levels.ts';

/** `a: ['b', 'c?']`: a requires b and may have a c. */
const tables = (references: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(references).map(([name, targets]) => ({
    name,
    columns: targets.map((target) => ({ name: target, nullable: target.endsWith('?') })),
    foreignKeys: targets.map((target) => ({ columns: [target], table: target.replace('?', '') })),
  })) as unknown as Parameters<typeof levelsOf>[0];

it('a table lies above all that it references; references to itself do not count', () => {
  const { levels } = levelsOf(
    tables({ comment: ['task', 'person'], task: ['project', 'task'], project: [], person: [] }),
  );
  expect(Object.fromEntries(levels)).toEqual({ project: 0, person: 0, task: 1, comment: 2 });
});

it('a circle of required references is refused, with its path', () => {
  expect(() => levelsOf(tables({ a: ['b'], b: ['c'], c: ['b'] }))).toThrow('b → c → b');
});

it('a circle that an optional reference closes is told, and that reference counts for no level', () => {
  const { levels, circles } = levelsOf(tables({ team: ['person?'], person: ['team'] }));
  expect(Object.fromEntries(levels)).toEqual({ team: 0, person: 1 });
  expect(circles).toEqual(['team → person → team']);
});
