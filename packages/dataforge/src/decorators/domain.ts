/** A Postgres domain: a type with a rule. */
export interface DomainDefinition {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly check: string | null;
}

/**
 * Declares a domain, for `@Domain` at the columns that have it.
 *
 * @param options.type   the type under it, as Postgres spells it
 * @param options.check  SQL over `value`
 * @example
 * export const emailAddress = domain('email_address', { type: 'text', check: `value ~ '@'` });
 * // in an entity: @Domain(emailAddress) @Column('text') email!: string;
 */
export const domain = (
  name: string,
  options: { readonly type: string; readonly check?: string; readonly notNull?: boolean },
): DomainDefinition => ({
  name,
  type: options.type,
  check: options.check ?? null,
  notNull: options.notNull ?? false,
});
