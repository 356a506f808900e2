import { expect, it } from 'vitest';
import { readTypeName } from './type-name.ts';

it.each([
  ['integer', 'integer', [], false],
  ['character varying(20)[]', 'character varying', [20], true],
  ['numeric(8,2)', 'numeric', [8, 2], false],
  ['numeric(2,-3)', 'numeric', [2, -3], false],
  ['timestamp(3) with time zone', 'timestamp with time zone', [3], false],
  ['time(0) without time zone[]', 'time without time zone', [0], true],
  ['interval day to second(3)', 'interval', [3], false],
  ['integer[][]', 'integer', [], true],
  ['integer[3]', 'integer', [], true],
  ['"char"', '"char"', [], false],
  ['"bit"', 'bit', [], false],
  ['bpchar', 'character', [], false],
  ['app."odd(1)[]"', 'app."odd(1)[]"', [], false],
  ['"odd(1)"[]', '"odd(1)"', [], true],
])('%s is taken apart', (type, name, modifiers, isArray) => {
  expect(readTypeName(type)).toEqual({ name, modifiers, isArray });
});
