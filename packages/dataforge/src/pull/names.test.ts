import { expect, it } from 'vitest';
import { className, constantName, entityPath, isPublic, schemaOf, uniqueNames, unquote } from './names.ts';

it.each([
  ['order_item', 'OrderItem', 'src/entities/order-item.ts'],
  ['orderItem', 'OrderItem', 'src/entities/order-item.ts'],
  ['user data', 'UserData', 'src/entities/user-data.ts'],
  ['index', 'IndexEntity', 'src/entities/index-entity.ts'],
  ['2fa', 'T2fa', 'src/entities/t2fa.ts'],
  ['日本', 'Table', 'src/entities/table.ts'],
])('table %s is class %s', (table, entity, path) => {
  expect(className(table)).toBe(entity);
  expect(entityPath(entity)).toBe(path);
});

it('a constant is no reserved word', () => {
  expect(['email_address', 'class', 'domain', '1st'].map(constantName)).toEqual([
    'emailAddress',
    'classType',
    'domainType',
    't1st',
  ]);
});

it('two names never become one, not even where case does not count', () => {
  const names = uniqueNames(['user_data', 'user data', 'userdata'], className, ['Other']);
  expect([...names.values()]).toEqual(['UserData', 'UserData2', 'Userdata3']);
});

it('names of the catalog are SQL', () => {
  expect(unquote('"a ""b"""')).toBe('a "b"');
  expect(['t', '"a.b"', 'app.t', 'f(app.kind)', '"App"."t.u"'].map(isPublic)).toEqual([true, true, false, true, false]);
  expect(['app.t', '"A.b".t'].map(schemaOf)).toEqual(['app', 'A.b']);
});
