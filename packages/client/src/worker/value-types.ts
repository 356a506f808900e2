import type { PGlite } from '@electric-sql/pglite';
import { BUILTIN_TYPES, OWN_TYPES_SQL, valueType } from '@vibestack/sync-types/values';

type TypeMaps = Pick<PGlite, 'parsers' | 'serializers'>;

/**
 * From now on rows and parameters have the values of docs/types.md.
 *
 * PGlite's options would not do: it puts its own array parsers over them when it starts.
 */
export function learnBuiltinTypes(db: TypeMaps): void {
  learn(db, BUILTIN_TYPES);
}

/** The same for the types that the application made: they are known once its migrations have run. */
export async function learnOwnTypes(db: TypeMaps & Pick<PGlite, 'query'>): Promise<void> {
  const { rows } = await db.query<{ oid: number; type: string }>(OWN_TYPES_SQL);
  learn(
    db,
    rows.map(({ oid, type }) => [oid, type]),
  );
}

function learn(db: TypeMaps, types: Iterable<readonly [oid: number, type: string]>): void {
  for (const [oid, type] of types) {
    const { parse, print } = valueType(type);
    db.parsers[oid] = parse;
    db.serializers[oid] = print;
  }
}
