import { createTestDatabase } from '@vibestack/dev-postgres/testing';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';
import { PgConnection } from '../connection/connection.ts';
import { parseLsn } from '../lsn.ts';
import { connect } from '../node/index.ts';
import { pgSql } from '../sql/pg-sql.ts';
import type { SqlPort } from '../sql/sql-port.ts';
import { createSlot, readSlot, terminateActive } from './slot.ts';
import { reachNeonByProxy } from './testing/neon.ts';
import { Reader } from './testing/reader.ts';
import { sourcesOf, type SourceKind } from './testing/sources.ts';
import type { Transaction } from './testing/transactions.ts';
import { SESSIONS, TABLES, contents, replay, run, workload } from './testing/workload.ts';

reachNeonByProxy();

const SOURCES = sourcesOf(inject('postgresRelease'));
const PUBLICATION = 'vibestack';

/** A streamed transaction of which all was rolled back commits nothing; others are left out by the server. */
const withChanges = (transactions: readonly Transaction[]) => transactions.filter(({ changes }) => changes.length > 0);

/** Reads with interruptions: after every few batches it acknowledges some of what it has, and begins anew. */
async function readInPieces(
  sql: SqlPort,
  open: () => ReturnType<SourceKind['open']>,
  slot: string,
  cuts: readonly number[],
): Promise<readonly Transaction[]> {
  const kept: Transaction[] = [];
  const [row] = await sql.query('select pg_current_wal_flush_lsn()::text');
  const target = parseLsn(row?.[0] ?? '');
  for (let round = 0; ; round++) {
    await terminateActive(sql, slot);
    const confirmed = (await readSlot(sql, slot))?.confirmedFlushLsn ?? 0n;
    const reader = new Reader(await open());
    const cut = cuts[round] ?? Infinity;
    for (let batches = 0; batches < cut && reader.walEnd < target; batches++) {
      await reader.source.probe();
      await reader.read();
    }
    const { committed } = reader.transactions;
    for (const { commitLsn } of committed) expect(commitLsn).toBeGreaterThanOrEqual(confirmed);
    kept.push(...committed.filter(({ commitLsn }) => commitLsn > (kept.at(-1)?.commitLsn ?? 0n)));
    const half = committed[committed.length >> 1];
    if (half) await reader.source.acknowledge(half.endLsn);
    await reader.source.close();
    if (reader.walEnd >= target) return kept;
  }
}

it('all sources deliver the same committed transactions, interrupted or not, and they add up to the tables', async () => {
  await fc.assert(
    fc.asyncProperty(workload, fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 }), async (steps, cuts) => {
      const database = await createTestDatabase(inject('postgresUrl'));
      const sql = pgSql(connect, database.url);
      const sessions = await Promise.all(
        Array.from({ length: SESSIONS }, () => PgConnection.open(connect, database.url)),
      );
      try {
        await sessions[0]?.simple(`${TABLES}; create publication ${PUBLICATION} for all tables`);
        const slot = (i: number, way: 'whole' | 'pieces') => `${way}_${i}_${database.name.slice(5, 25)}`;
        for (const i of SOURCES.keys()) {
          await createSlot(sql, slot(i, 'whole'));
          await createSlot(sql, slot(i, 'pieces'));
        }
        await run(sessions, steps);
        const tables = await contents(sql);
        let first: readonly Transaction[] | null = null;
        for (const [i, kind] of SOURCES.entries()) {
          const reader = new Reader(
            await kind.open(database.url, { slot: slot(i, 'whole'), publication: PUBLICATION }),
          );
          const transactions = withChanges(await reader.drain(sql));
          await reader.source.close();
          expect(replay(transactions), kind.name).toEqual(tables);
          first ??= transactions;
          expect(transactions, kind.name).toEqual(first);
          const name = slot(i, 'pieces');
          const again = () => kind.open(database.url, { slot: name, publication: PUBLICATION });
          expect(withChanges(await readInPieces(sql, again, name, cuts)), kind.name).toEqual(first);
        }
      } finally {
        for (const session of sessions) await session.close();
        await sql.close();
        await database.drop();
      }
    }),
    { numRuns: 3, seed: 20_260_101, endOnFailure: true },
  );
}, 120_000);
