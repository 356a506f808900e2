import { expect, it } from 'vitest';
import { bare, readable } from './condition.ts';

it.each([
  ['((price > 0))', 'price > 0'],
  ['((a > 0) AND (b > 0))', '(a > 0) AND (b > 0)'],
  ['(a) = (b)', '(a) = (b)'],
  [`((a = ')'::text))`, `a = ')'::text`],
  ['is_ok', 'is_ok'],
])('%s loses what encloses all of it', (printed, said) => {
  expect(bare(printed)).toBe(said);
});

it.each([
  [`((role = ANY (ARRAY['a'::text, 'it''s'::text])))`, `role in ('a', 'it''s')`],
  [`(((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))`, `s in ('a', 'b')`],
  [`(((s)::text <> ALL ((ARRAY['a'::character varying, 'b'::character varying])::text[])))`, `s not in ('a', 'b')`],
  [`(admin AND ("M" = ANY (ARRAY['a'::"M d", 'b'::"M d"])))`, `admin AND ("M" in ('a', 'b'))`],
  [`((n = ANY (ARRAY['a'::text])))`, `n = ANY (ARRAY['a'::text])`],
  [`((lower(n) = ANY (ARRAY['a'::text, 'b'::text])))`, `lower(n) = ANY (ARRAY['a'::text, 'b'::text])`],
])('%s reads as people write it', (printed, said) => {
  expect(readable(printed)).toBe(said);
});
