import { describe, expect, it } from 'vitest';
import { deleteRow, insertRow, patchRow, readRow, readRows } from './index.ts';

const column = (readOnly = false) => ({ readOnly });
const meta = {
  table: 'stay',
  key: ['room', 'day'],
  columns: { room: column(), day: column(), 'guest"s': column(), total: column(true) },
};
const key = { day: '2026-01-01', room: 7 };

describe('statements of a table', () => {
  it('name its columns, quoted, and its key in order', () => {
    expect(readRow(meta, key)).toEqual({
      text: 'select "room", "day", "guest""s", "total" from "stay" where "room" = $1 and "day" = $2',
      values: [7, '2026-01-01'],
    });
    expect(deleteRow(meta, key).text).toBe(
      'delete from "stay" where "room" = $1 and "day" = $2 returning "room", "day"',
    );
  });

  it('page by key', () => {
    expect(readRows(meta, { limit: 10 }).text).toMatch(/from "stay" order by "room", "day" limit \$1$/);
    expect(readRows(meta, { limit: 10, after: key })).toMatchObject({
      text: expect.stringMatching(/where \("room", "day"\) > \(\$1, \$2\) order by "room", "day" limit \$3$/) as string,
      values: [7, '2026-01-01', 10],
    });
  });

  it('write what is given, in the order of the table; undefined is not given, null is', () => {
    expect(insertRow(meta, { 'guest"s': null, room: 7, day: undefined })).toMatchObject({
      text: expect.stringMatching(/^insert into "stay" \("room", "guest""s"\) values \(\$1, \$2\) returning/) as string,
      values: [7, null],
    });
    expect(insertRow(meta, {}).text).toMatch(/^insert into "stay" default values returning/);
    expect(patchRow(meta, key, { 'guest"s': 'Ann' })).toMatchObject({
      text: expect.stringMatching(/^update "stay" set "guest""s" = \$1 where "room" = \$2 and "day" = \$3/) as string,
      values: ['Ann', 7, '2026-01-01'],
    });
  });

  it.each([
    ['a column that is not there', () => insertRow(meta, { 'x" = 1; --': 1 }), 'unknown_column'],
    ['a name of every object', () => insertRow(meta, { toString: 1 }), 'unknown_column'],
    ['a column that the database fills', () => insertRow(meta, { total: 1 }), 'read_only_column'],
    ['a changed key', () => patchRow(meta, key, { room: 8 }), 'key_column'],
    ['no change', () => patchRow(meta, key, {}), 'nothing_to_change'],
    ['half a key', () => readRow(meta, { room: 7 }), 'key_incomplete'],
  ])('refuse %s', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }) as Error);
  });
});
