import { expect, it } from 'vitest';
import { levelsOf } from './levels.ts';

it('a table lies above all that it references; references to itself do not count', () => {
  const levels = levelsOf(
    new Map([
      ['comment', ['task', 'person']],
      ['task', ['project', 'task']],
      ['project', []],
      ['person', []],
    ]),
  );
  expect(Object.fromEntries(levels)).toEqual({ project: 0, person: 0, task: 1, comment: 2 });
});

it('a circle is refused, with its path', () => {
  expect(() =>
    levelsOf(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toThrow('b → c → b');
});
