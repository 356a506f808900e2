import { DefaultNamingStrategy, type Table } from 'typeorm';
import { objectName } from './names.ts';

/** Names that TypeORM makes up, in the case that the rest of the model is written in: parts joined by underscores. */
export class UnderscoreNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, embeddedPrefixes: string[]): string {
    return [...embeddedPrefixes.map((prefix) => prefix.replace(/_$/, '')), custom ?? property].join('_');
  }

  override relationConstraintName(table: Table | string, columns: string[]): string {
    return objectName('uq', typeof table === 'string' ? table : table.name, ...columns);
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
