import {
  Check,
  ChildEntity,
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  Exclusion,
  Index,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  TableInheritance,
  Unique,
  type Relation,
} from 'typeorm';
import {
  Access,
  Backfill,
  ClientOnly,
  Describe,
  Domain,
  DomainEntity,
  Merge,
  Scope,
  ServerOnly,
  SqlIndex,
  UtilityEntity,
  domain,
  globalScope,
  scope,
  userScope,
} from '../../decorators/index.ts';
import type { EntityClass } from '../../decorators/marks.ts';

/** A library with its branches: one of everything that entities can say. */
export const branchScope = scope('branch', {
  roles: ['reader', 'librarian'],
  members: `select branch_id as scope_id, user_id, role from staff`,
});
export const isbn = domain('isbn', { type: 'text', check: `value ~ '^[0-9]{13}$'` });

export class Address {
  @Column('character varying', { length: 80, nullable: true }) street!: string | null;
  @Column('char', { length: 2, default: 'DE' }) country!: string;
  @ServerOnly() @Column('text', { nullable: true }) door_code!: string | null;
}

@Entity('person')
@Scope(userScope)
@Access(userScope, { read: 'self', write: 'self' })
export class Person extends DomainEntity {
  @Column('text') name!: string;
  @ServerOnly() @Column('citext', { unique: true }) email!: string;
  @ClientOnly() @Column('boolean', { default: false }) is_me!: boolean;
}

@Entity('branch')
@Scope(branchScope)
@Access(branchScope, { read: 'reader', write: 'nobody' })
@Describe('A house with books in it')
export class Branch extends DomainEntity {
  @Describe('As it stands over the door') @Column('text') name!: string;
  @Column(() => Address, { prefix: 'at' }) address!: Address;
  @OneToMany(() => Book, (book) => book.branch) books!: Relation<Book[]>;
  @OneToOne(() => Staff, { nullable: true }) @JoinColumn({ name: 'head_id' }) head!: Relation<Staff> | null;
}

@Entity('staff')
@Scope(branchScope, (s) => s.branch)
@Access(branchScope, { read: 'reader', write: 'librarian' })
@Unique(['branch_id', 'user_id'])
export class Staff extends DomainEntity {
  @Column('uuid') branch_id!: string;
  @ManyToOne(() => Branch) @JoinColumn({ name: 'branch_id' }) branch!: Relation<Branch>;
  @Column('uuid') user_id!: string;
  @Column('text') role!: string;
}

@Entity('genre')
@Scope(globalScope)
@Access(globalScope, { read: 'anyone', write: 'nobody' })
export class Genre {
  @PrimaryColumn('text') code!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) parent_code!: string | null;
  @ManyToOne(() => Genre, { nullable: true }) @JoinColumn({ name: 'parent_code' }) parent!: Relation<Genre> | null;
}

@Entity('book')
@Scope(branchScope, (b) => b.branch)
@Access(branchScope, { read: 'reader', write: 'librarian' })
@Merge('row')
@Index(['title', 'year'], { where: `state = 'in'` })
@SqlIndex('using gin (tags)')
@SqlIndex('(lower(title))', { name: 'book_title_lower', unique: true })
@Check('book_year', 'year > 1400')
@Exclusion('book_shelf', 'using gist (shelf with &&)')
export class Book extends DomainEntity {
  @Column('uuid') branch_id!: string;
  @ManyToOne(() => Branch, (branch) => branch.books, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'branch_id' })
  branch!: Relation<Branch>;
  @Domain(isbn) @Column('text', { nullable: true }) number!: string | null;
  @Column({ type: 'varchar', length: 200, collation: 'C' }) title!: string;
  @Column('smallint') year!: number;
  @Column('enum', { enum: ['in', 'out', 'lost'], enumName: 'book_state', default: 'in' }) state!: string;
  @Column('text', { array: true, default: ["it's", 'a "b"'] }) tags!: string[];
  @Column('int4range', { nullable: true }) shelf!: string | null;
  @Column({ type: 'text', generatedType: 'STORED', asExpression: 'lower(title)' }) title_lower!: string;
  @Column('numeric', { precision: 8, scale: 2, default: 0 }) price!: string;
  @Column({ type: 'jsonb', default: { a: "it's" } }) data!: unknown;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) bought_at!: string | null;
  @DeleteDateColumn({ type: 'timestamptz' }) deleted_at!: string | null;
  @Backfill('upper(title)') @Column('text', { nullable: true }) sort_key!: string | null;
  @ManyToMany(() => Genre)
  @JoinTable({ name: 'book_genre', joinColumn: { name: 'book_id' }, inverseJoinColumn: { name: 'genre_code' } })
  genres!: Relation<Genre[]>;
}

@Entity('loan')
@Scope(branchScope, (l) => l.book)
@Access(branchScope, { read: 'reader', write: 'librarian' })
@TableInheritance({ column: { type: 'text', name: 'kind' } })
export abstract class Loan {
  @PrimaryColumn('uuid') book_id!: string;
  @PrimaryColumn('date') day!: string;
  @ManyToOne(() => Book, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'book_id' }) book!: Relation<Book>;
  @CreateDateColumn({ type: 'timestamptz' }) lent_at!: string;
}
@ChildEntity('home')
export class HomeLoan extends Loan {
  @Column('uuid') person_id!: string;
}
@ChildEntity('room')
export class RoomLoan extends Loan {
  @Column('integer') seat!: number;
}

/** A note may hang on a book; on none, it is nobody's. */
@Entity('note')
@Scope(branchScope, (n) => n.book)
@Access(branchScope, { read: 'reader', write: 'librarian' })
export class Note extends DomainEntity {
  @Column('uuid', { nullable: true }) book_id!: string | null;
  @ManyToOne(() => Book, { nullable: true, onDelete: 'SET NULL' })
  @JoinColumn({ name: 'book_id' })
  book!: Relation<Book> | null;
}

@ServerOnly()
@Entity('audit')
export class Audit extends UtilityEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id!: string;
  @Column('jsonb') payload!: unknown;
}

@ClientOnly()
@Entity('draft')
export class Draft {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('text') body!: string;
}

export const LIBRARY: readonly EntityClass[] = [
  Person,
  Branch,
  Staff,
  Genre,
  Book,
  Loan,
  HomeLoan,
  RoomLoan,
  Note,
  Audit,
  Draft,
];
