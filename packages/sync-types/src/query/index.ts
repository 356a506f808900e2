export { QueryError } from './errors.ts';
export { parseQuery, pieces, type ParsedQuery, type Piece, type QueryParameter } from './parse.ts';
export {
  defineSql,
  type Query,
  type RegisteredQuery,
  type RowOf,
  type Sql,
  type Statement,
  type Unregistered,
} from './query.ts';
export type { Token } from './tokens.ts';
