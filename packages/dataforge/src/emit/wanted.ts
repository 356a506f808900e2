import { sideOf } from '../ir/side.ts';
import type { Model } from '../ir/types.ts';
import { clientSql } from './client-sql.ts';
import { serverSql } from './server-sql.ts';

/** The schema that a model wants on one side, as SQL for an empty database. */
export const wantedSql = (model: Model, side: 'server' | 'client'): string =>
  side === 'server' ? serverSql(sideOf(model, 'server')) : clientSql(sideOf(model, 'client'));
