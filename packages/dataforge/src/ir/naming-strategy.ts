import { DefaultNamingStrategy } from 'typeorm';

/** Names that TypeORM makes up, in the case that the rest of the model is written in: parts joined by underscores. */
export class UnderscoreNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, embeddedPrefixes: string[]): string {
    return [...embeddedPrefixes, custom ?? property].map((part) => part.replace(/_$/, '')).join('_');
  }

  override joinColumnName(relation: string, referencedColumn: string): string {
    return `${relation}_${referencedColumn}`;
  }

  override joinTableName(first: string, second: string, property: string): string {
    return `${first}_${property.replaceAll('.', '_')}_${second}`;
  }

  override joinTableColumnName(table: string, property: string, column?: string): string {
    return `${table}_${column ?? property}`;
  }
}
