import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { describe, expect, it } from 'vitest';
import {
  Domain,
  DomainEntity,
  Scope,
  SystemEntity,
  TableCategory,
  UtilityEntity,
  domain,
  globalScope,
  scope,
} from '../decorators/index.ts';
import { buildModel } from './build-model.ts';
import { isClientWritable, isSynced, sideOf, withoutDomains } from './side.ts';
import { LIBRARY } from './testing/library.ts';
import { ModelSchema, type Model } from './types.ts';
import { warningsOf } from './warnings.ts';

const family = scope('family', { roles: ['m'], members: 'select parent_id as scope_id, user_id, role from child' });
@Entity('root')
@Scope(family)
class Root extends DomainEntity {}
@Entity('child')
@Scope(family, (child) => child.parent)
class Child extends DomainEntity {
  @Column('uuid') parent_id!: string;
  @ManyToOne(() => Root) @JoinColumn({ name: 'parent_id' }) parent!: Relation<Root>;
}
@Entity('grandchild')
@Scope(family, (child) => child.parent)
class Grandchild extends DomainEntity {
  @Column('uuid') parent_id!: string;
  @ManyToOne(() => Child) @JoinColumn({ name: 'parent_id' }) parent!: Relation<Child>;
}

@Entity('job')
class Job extends UtilityEntity {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
}
@Entity('setting')
class Setting extends SystemEntity {
  @PrimaryColumn('text') name!: string;
}
@Entity('report')
@TableCategory('system')
class Report extends UtilityEntity {
  @PrimaryColumn('text') name!: string;
}

const email = domain('b_email', { type: 'citext', check: `value ~ '@'` });
const verified = domain('a_verified_email', { type: 'b_email' });
@Entity('contact')
@Scope(globalScope)
class Contact extends DomainEntity {
  @Domain(verified) @Column('text', { array: true, default: [] }) emails!: string[];
  @Domain(email) @Column('text', { nullable: true }) other!: string | null;
}

const model = await buildModel(LIBRARY);
const table = (name: string, of: Model = model) => {
  const found = of.tables.find((one) => one.name === name);
  if (!found) throw new Error(`No table ${name}`);
  return found;
};
const column = (name: string, of: string) => table(of).columns.find((one) => one.name === name);
const names = (of: readonly { readonly name: string }[]) => of.map(({ name }) => name);

describe('the model of entities', () => {
  it('is plain JSON of the published form', () => {
    expect(ModelSchema.parse(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });

  it('takes the category from the base class, and the nearest word counts', async () => {
    const made = await buildModel([Job, Setting, Report]);
    expect(made.tables.map(({ name, category, side }) => [name, category, side])).toEqual([
      ['job', 'utility', 'server'],
      ['report', 'system', 'server'],
      ['setting', 'system', 'server'],
    ]);
    expect(table('book').category).toBe('domain');
  });

  it('knows types as Postgres prints them', () => {
    expect(column('title', 'book')).toMatchObject({ type: 'character varying(200)', collation: '"C"' });
    expect(column('price', 'book')?.type).toBe('numeric(8,2)');
    expect(column('bought_at', 'book')?.type).toBe('timestamp(3) with time zone');
    expect(column('tags', 'book')?.type).toBe('text[]');
    expect(column('number', 'book')?.type).toBe('isbn');
    expect(model.domains).toEqual([
      { name: 'isbn', type: 'text', notNull: false, check: `value ~ '^[0-9]{13}$'`, side: 'both' },
    ]);
    expect(model.enums).toEqual([{ name: 'book_state', labels: ['in', 'out', 'lost'], side: 'both' }]);
    expect(model.extensions).toEqual(['btree_gist', 'citext']);
  });

  it('quotes values of defaults, and takes SQL from functions', () => {
    expect(column('tags', 'book')?.default).toBe(String.raw`'{"it''s","a \"b\""}'`);
    expect(column('data', 'book')?.default).toBe(`'{"a":"it''s"}'`);
    expect(column('price', 'book')?.default).toBe(`'0'`);
    expect(column('created_at', 'book')?.default).toBe('now()');
    expect(column('id', 'draft')?.default).toBe('gen_random_uuid()');
  });

  it('makes a domain before the one over it, with the extension under both, and has values of the lowest type', async () => {
    const contacts = await buildModel([Contact]);
    expect(names(contacts.domains)).toEqual(['b_email', 'a_verified_email']);
    expect(contacts.extensions).toEqual(['citext']);
    expect(names(sideOf(contacts, 'client').domains)).toEqual(['b_email', 'a_verified_email']);
    const values = table('contact', withoutDomains(contacts)).columns;
    expect(values.find(({ name }) => name === 'emails')?.type).toBe('citext[]');
  });

  it('has embedded properties as columns of their table, each on its side', () => {
    expect(names(table('branch').columns)).toEqual(expect.arrayContaining(['at_street', 'at_country', 'at_door_code']));
    expect(column('at_door_code', 'branch')?.side).toBe('server');
  });

  it('has relations with their columns, both ways', () => {
    expect(table('book').relations).toEqual(
      expect.arrayContaining([
        {
          name: 'branch',
          kind: 'many-to-one',
          table: 'branch',
          columns: ['branch_id'],
          referenced: ['id'],
          inverse: 'books',
          through: null,
        },
        {
          name: 'genres',
          kind: 'many-to-many',
          table: 'genre',
          columns: [],
          referenced: [],
          inverse: null,
          through: 'book_genre',
        },
      ]),
    );
    expect(table('branch').relations).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'books', kind: 'one-to-many', inverse: 'branch' })]),
    );
  });

  it('has one table for entities that inherit, and says which columns are whose', () => {
    const loan = table('loan');
    expect(loan.key).toEqual(['book_id', 'day']);
    expect(loan.variants.map(({ entity, value }) => [entity, value])).toEqual([
      ['HomeLoan', 'home'],
      ['RoomLoan', 'room'],
    ]);
    expect(loan.variants[0]?.columns).toContain('person_id');
    expect(loan.variants[0]?.columns).not.toContain('seat');
    expect(column('seat', 'loan')?.nullable).toBe(true);
    expect(column('kind', 'loan')?.role).toBe('discriminator');
  });

  it('lays a joining table where the entity lies that declares it', () => {
    expect(table('book_genre')).toMatchObject({
      entity: 'BookGenre',
      category: 'domain',
      key: ['book_id', 'genre_code'],
      scope: { name: 'branch', column: 'branch_id', parent: { table: 'book', columns: ['book_id'] } },
      access: { write: ['librarian'] },
    });
  });

  it('copies the scope along a relation, and holds it by a composite key', () => {
    expect(column('branch_id', 'loan')).toMatchObject({ readOnly: true, nullable: false, role: 'scope' });
    expect(table('loan').foreignKeys).toEqual([
      expect.objectContaining({
        columns: ['book_id', 'branch_id'],
        referenced: ['id', 'branch_id'],
        onUpdate: 'CASCADE',
      }),
    ]);
    expect(table('book').uniques).toEqual(
      expect.arrayContaining([expect.objectContaining({ columns: ['id', 'branch_id'] })]),
    );
  });

  it('takes another name for the copied scope where the parent’s is a key of its own', async () => {
    const family = await buildModel([Root, Child, Grandchild]);
    expect(table('grandchild', family)).toMatchObject({
      scope: { column: 'family_scope_id', parent: { scopeColumn: 'parent_id', columns: ['parent_id'] } },
      foreignKeys: [{ columns: ['parent_id', 'family_scope_id'], referenced: ['id', 'parent_id'] }],
    });
  });

  it('gives rows without a parent a scope that nobody holds', () => {
    expect(table('note').scope?.parent?.nowhere).toBe('00000000-0000-0000-0000-000000000000');
    expect(table('note').checks[0]?.expression).toContain('("book_id" is null) = ("branch_id" = ');
    expect(table('note').foreignKeys[0]?.onDelete).toBe('SET NULL ("book_id")');
  });

  it('orders tables by what they reference, and tells circles that an optional key closes', () => {
    const level = (name: string) => table(name).level;
    expect(level('book')).toBeGreaterThan(level('branch'));
    expect(level('loan')).toBeGreaterThan(level('book'));
    expect(warningsOf(model).map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringContaining('reference_circle Tables reference each other in a circle: branch → staff → branch'),
    ]);
  });

  it('has indices that TypeORM has no words for', () => {
    expect(table('book').indices.map(({ definition, unique }) => [definition, unique])).toEqual([
      [`("title", "year") where state = 'in'`, false],
      ['using gin (tags)', false],
      ['(lower(title))', true],
    ]);
  });
});

describe('the client’s side', () => {
  const client = sideOf(model, 'client');

  it('has neither what is hidden nor anything that names it', () => {
    const text = JSON.stringify({ ...client, scopes: [] });
    expect(names(client.tables)).not.toContain('audit');
    expect(text).not.toContain('email');
    expect(text).not.toContain('door_code');
    expect(client.extensions).toEqual(['btree_gist']);
  });

  it('has its own tables and columns, which are not synchronised', () => {
    expect(isSynced(table('draft', client))).toBe(false);
    expect(names(table('person', client).columns)).toContain('is_me');
    expect(names(table('person', sideOf(model, 'server')).columns)).not.toContain('is_me');
  });

  it('keeps foreign keys only where the other row is sure to be there', () => {
    expect(table('book', client).foreignKeys).toHaveLength(1);
    expect(table('book_genre', client).foreignKeys.map((key) => key.table)).toEqual(['book', 'genre']);
  });

  it('may write what it has a role for', () => {
    expect(isClientWritable(table('book'))).toBe(true);
    expect(isClientWritable(table('branch'))).toBe(false);
    expect(isClientWritable(table('genre'))).toBe(false);
  });
});
