import { expect, it } from 'vitest';
import { saslprep } from './saslprep.ts';

it.each([
  ['plain ASCII', 'pa ss\x01', 'pa ss\x01'],
  ['a soft hyphen and other invisible characters go', 'I\u00adX\ufeff', 'IX'],
  ['a space that does not break is a space', 'a\u00a0b', 'a b'],
  ['compatibility characters are replaced', '\u00aa\u2168', 'aIX'],
  ['what may be written in two ways is written in one', 'A\u030a', '\u00c5'],
  ['a prohibited character leaves all as it is', '\u2168\ue000', '\u2168\ue000'],
  ['a character younger than Unicode 3.2 leaves all as it is', '\u2168🚀', '\u2168🚀'],
  ['both directions leave all as it is', '\u0627\u2168b', '\u0627\u2168b'],
  ['right to left, with a digit at its end, leaves all as it is', '\u0627\ufe811', '\u0627\ufe811'],
  ['right to left alone is normalised', '\ufe81\ufe81', '\u0622\u0622'],
  ['a password of which nothing is left stays', '\u00ad', '\u00ad'],
])('%s', (_, password, prepared) => {
  expect(saslprep(password)).toBe(prepared);
});
