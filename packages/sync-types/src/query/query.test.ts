import { describe, expect, expectTypeOf, it } from 'vitest';
import { QueryError } from './errors.ts';
import { defineSql, type Query, type Statement } from './query.ts';

interface Queries {
  'select 2 as two': { params: Record<string, never>; row: { two: number } };
  'select 1 as one': { params: object; row: { one: number } };
  'select id from task where project_id = :project and title = :title?': {
    params: { project: string; title: string | null };
    row: { id: string };
  };
  'select :x?::text as x': { params: { x?: string | null }; row: { x: string | null } };
}

const sql = defineSql<Queries>();
const one = sql('select 1 as one');
const tasks = sql('select id from task where project_id = :project and title = :title?');
const optional = sql('select :x?::text as x');

describe('a query', () => {
  it('binds values in the order of the numbers', () => {
    expect(tasks.bind({ title: null, project: 'p' })).toEqual({
      text: 'select id from task where project_id = $1 and title = $2',
      values: ['p', null],
    });
  });

  it('needs no argument when it has no parameters', () => {
    expect(one.bind()).toEqual({ text: 'select 1 as one', values: [] });
    expect(sql('select 2 as two').bind().values).toEqual([]);
    expect(optional.bind()).toEqual({ text: 'select $1::text as x', values: [null] });
  });

  it('is not bound when a value is missing', () => {
    const wrong = { title: 'x' } as unknown as { project: string; title: string };
    expect(() => tasks.bind(wrong)).toThrow(QueryError);
    expect(() => tasks.bind(wrong)).toThrow(
      expect.objectContaining({ code: 'query_parameter_missing', message: 'The parameter :project has no value' }),
    );
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(one)).toBe(true);
    expect(one.literal).toBe('select 1 as one');
  });

  it('is read at definition: what cannot be a query fails where it stands', () => {
    const untyped = sql as unknown as (literal: string) => unknown;
    expect(() => untyped('select $1')).toThrow(QueryError);
  });
});

describe('types', () => {
  it('come from the registry', () => {
    expectTypeOf(one).toEqualTypeOf<Query<{ one: number }, object>>();
    expectTypeOf(tasks).toEqualTypeOf<Query<{ id: string }, { project: string; title: string | null }>>();
  });

  it('of rows and parameters are inferred from a query, and it can be bound where they are not known', () => {
    const live = <Row, Params>(query: Query<Row, Params>, params: Params): Row[] => {
      expectTypeOf(query.bind(params)).toEqualTypeOf<Statement>();
      return [];
    };
    expectTypeOf(live(one, {})).toEqualTypeOf<{ one: number }[]>();
    expectTypeOf(live(tasks, { project: 'p', title: null })).toEqualTypeOf<{ id: string }[]>();
  });

  it('refuse what is not registered, and parameters that are wrong', () => {
    const refused = () => {
      // @ts-expect-error not registered
      sql('select 2');
      // @ts-expect-error a parameter is missing
      tasks.bind({ project: 'p' });
      // @ts-expect-error parameters are missing
      tasks.bind();
      // @ts-expect-error not a parameter's type
      tasks.bind({ project: 1, title: null });
    };
    expect(refused).toBeTypeOf('function');
  });
});
