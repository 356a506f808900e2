import {
  PgConnection,
  createSlot,
  dropSlot,
  openReplicationStream,
  readSlot,
  terminateActive,
  type Connect,
  type ReplicationStream,
} from '@vibestack/replication';
import { lsnFromBigInt, lsnToBigInt, type Epoch } from '@vibestack/sync-types';
import { PUBLICATION } from '../database/config.ts';
import { continuityBroken, freshRecord, type Observed, type Recorded } from './continuity.ts';

/** Where {@link attach} keeps its record; every save is durable when its promise resolves. */
export interface RecordStore {
  load(): Recorded | null;
  save(record: Recorded): Promise<void>;
  /** Begins a log without history, in one step with the record. */
  restart(record: Recorded): Promise<void>;
}

export interface Attachment {
  readonly stream: ReplicationStream;
  readonly record: Recorded;
  /** A recent full transaction id. */
  readonly xidReference: bigint;
  /** Why history began anew, or null when it goes on. */
  readonly newEpoch: string | null;
}

/**
 * Connects to the server, proves continuity or begins a new epoch, takes the fence and starts the stream.
 *
 * The fence is recorded before it is written, so that a crash between the two is recognised as our own
 * (SEMANTICS 2.2). Whoever still reads the slot is terminated: there is one log per slot.
 *
 * @throws {PgError} the server refuses, for example because the publication is missing
 */
export async function attach(connect: Connect, url: string, slot: string, store: RecordStore): Promise<Attachment> {
  const db = await PgConnection.open(connect, url);
  try {
    const observed = await observe(db, slot);
    const reason = continuityBroken(store.load(), observed);
    if (reason !== null) {
      if (observed.slot !== null) {
        await terminateActive(db, slot);
        await dropSlot(db, slot);
      }
      await store.restart(await beginEpoch(db, slot, observed));
    }
    const record = await takeFence(db, slot, store);
    await terminateActive(db, slot);
    const xid = (await db.query('select pg_snapshot_xmax(pg_current_snapshot())::text')).rows[0]?.[0];
    const stream = await openReplicationStream(connect, url, {
      slot,
      publication: PUBLICATION,
      startLsn: lsnToBigInt(record.acked),
    });
    return { stream, record, xidReference: BigInt(xid ?? 0), newEpoch: reason };
  } finally {
    await db.close();
  }
}

async function observe(db: PgConnection, slotName: string): Promise<Observed> {
  const slot = await readSlot(db, slotName);
  const { rows } = await db.query(
    `select s.system_identifier::text, c.timeline_id::text,
            (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end - '0/0')::text,
            (select fence from vibestack.replication where id = $1)
     from pg_control_system() s, pg_control_checkpoint() c`,
    [slotName],
  );
  const [systemId, timeline, current, fence] = rows[0] ?? [];
  return {
    systemId: systemId ?? '',
    timeline: Number(timeline),
    current: BigInt(current ?? 0),
    slot: slot && { confirmedFlushLsn: slot.confirmedFlushLsn, lost: slot.walStatus === 'lost' },
    fence: fence ?? null,
  };
}

async function beginEpoch(db: PgConnection, slot: string, observed: Observed): Promise<Recorded> {
  const consistent = await createSlot(db, slot);
  return freshRecord(observed, crypto.randomUUID() as Epoch, observed.fence ?? '', lsnFromBigInt(consistent));
}

async function takeFence(db: PgConnection, slot: string, store: RecordStore): Promise<Recorded> {
  const record = store.load();
  if (record === null) throw new Error('The log has no record to fence');
  const token = crypto.randomUUID();
  await store.save({ ...record, fenceNext: token });
  await db.query(
    `insert into vibestack.replication (id, fence) values ($1, $2)
     on conflict (id) do update set fence = excluded.fence, updated_at = now()`,
    [slot, token],
  );
  const fenced = { ...record, fence: token, fenceNext: token };
  await store.save(fenced);
  return fenced;
}
