import type { Relation, Tuple } from '@vibestack/replication';
import { ReplicationProblem } from '../problems.ts';

/** How rows of `vibestack.sync_result` are read. */
export interface ResultPlan {
  read(row: Tuple): { readonly client: string; readonly hlc: bigint; readonly json: string };
}

/** @throws {ReplicationProblem} the table is not the one that this version writes */
export function planResults(relation: Relation): ResultPlan {
  const names = relation.columns.map(({ name }) => name);
  const [client, clock] = [names.indexOf('client_id'), names.indexOf('effective_hlc')];
  if (client < 0 || clock < 0) {
    throw new ReplicationProblem(
      'schema_mismatch',
      'vibestack.sync_result has not the columns that this version writes.',
      'Apply the migrations: forge migrate apply.',
    );
  }
  return {
    read(row) {
      const values = Object.fromEntries(names.map((name, i) => [name, row[i]]));
      return { client: String(row[client]), hlc: BigInt(String(row[clock] ?? 0)), json: JSON.stringify(values) };
    },
  };
}
