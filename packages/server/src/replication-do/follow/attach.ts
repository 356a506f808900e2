import {
  PgError,
  advanceSlot,
  createSlot,
  dropSlot,
  readPublication,
  readServer,
  readSlot,
  terminateActive,
  xactStatus,
  type ChangeSource,
  type ServerState,
  type SlotState,
  type SqlPort,
} from '@vibestack/replication';
import { lsnFromBigInt, type Epoch, type SyncSchema } from '@vibestack/sync-types';
import { ReplicationProblem } from '../problems.ts';
import type { ChangeLog } from '../log/change-log.ts';
import { continuityBroken, freshRecord, type LoggedStatus, type Observed, type Recorded } from './continuity.ts';
import type { FollowedDatabase } from './database.ts';
import { requireFormats } from './formats.ts';
import { ensurePublication, identityOf } from './publication.ts';
import type { ReplicationRecord } from './record.ts';
import { Redelivery, lastLogged } from './redelivery.ts';

/** What `pg_xact_status` says to an id that was not given out yet (invalid_parameter_value). */
const ID_IN_THE_FUTURE = '22023';

export interface AttachPorts {
  readonly database: FollowedDatabase;
  readonly slot: string;
  readonly publication: string;
  readonly schema: SyncSchema;
  readonly log: ChangeLog;
  readonly record: ReplicationRecord;
  /** A new random name: of an epoch, of a fencing token. */
  readonly random: () => string;
  /** Why the history of this server must not be believed to be ours, or null. */
  readonly distrust: string | null;
  /** Told before history begins anew; may throw to forbid it. */
  readonly allowNewEpoch: (reason: string) => void;
  /** Whether large transactions are to come while they are open. */
  readonly streaming: boolean;
  readonly onNotice: (message: string) => void;
}

export interface Attachment {
  readonly source: ChangeSource;
  readonly redelivery: Redelivery;
  /** For questions beside the stream; the caller closes it. */
  readonly sql: SqlPort;
  readonly epoch: Epoch;
  /** A recent full transaction id. */
  readonly xidReference: bigint;
  /** The server's WAL position before the source was opened. */
  readonly current: bigint;
  /** Why history began anew, or null when it goes on. */
  readonly newEpoch: string | null;
}

/**
 * Connects to the server, proves continuity or begins a new epoch, takes the fence and opens the source.
 *
 * Whoever still reads the slot is terminated: there is one log per slot.
 *
 * @throws {PgError} @throws {ReplicationProblem} @throws {ConnectionLostError}
 */
export async function attach(ports: AttachPorts): Promise<Attachment> {
  const { database, slot, publication, schema, log, record } = ports;
  const sql = database.sql();
  try {
    await requireFormats(sql);
    const server = await readServer(sql);
    const observed = await observe(sql, server, ports);
    const recorded = record.load();
    const reason = continuityBroken(recorded, observed, await loggedStatus(sql, log)) ?? ports.distrust;
    if (recorded && reason !== null && recorded.broken !== reason) await record.save({ ...recorded, broken: reason });
    // Before the slot is made: what a slot delivers is judged by the publications of each change's own time.
    const published = await ensurePublication(sql, publication, schema);
    if (reason !== null) {
      ports.allowNewEpoch(reason);
      const mayAdopt = recorded === null && observed.slot?.lost === false;
      const consistent = mayAdopt ? await adoptSlot(sql, slot) : await remakeSlot(sql, slot);
      await record.restart(freshRecord(observed, ports.random() as Epoch, published, lsnFromBigInt(consistent)));
    }
    const fenced = await takeFence(sql, ports, { publication: published, fence: observed.fence ?? '' });
    log.refresh();
    log.dropStaged();
    await terminateActive(sql, slot);
    // Only now: what the one before acknowledged may have arrived meanwhile.
    const startLsn = (await readSlot(sql, slot))?.confirmedFlushLsn ?? 0n;
    const source = await database.follow({
      slot,
      publication,
      startLsn,
      streaming: ports.streaming,
      onNotice: ports.onNotice,
    });
    const { nextXid, current } = server;
    const redelivery = new Redelivery(lastLogged(log), startLsn);
    return { source, redelivery, sql, epoch: fenced.epoch, xidReference: nextXid, current, newEpoch: reason };
  } catch (error) {
    await sql.close();
    throw error;
  }
}

/**
 * Takes over a slot that somebody made for us, with what they made it for (such as failover), from here on: no client
 * has history from before.
 */
async function adoptSlot(sql: SqlPort, slot: string): Promise<bigint> {
  await terminateActive(sql, slot);
  const { current } = await readServer(sql);
  await advanceSlot(sql, slot, current);
  return (await readSlot(sql, slot))?.confirmedFlushLsn ?? current;
}

async function remakeSlot(sql: SqlPort, slot: string): Promise<bigint> {
  await terminateActive(sql, slot);
  await dropSlot(sql, slot);
  return createSlot(sql, slot);
}

/** @throws {ReplicationProblem} `slot_taken`: slots are of the whole server, and this one is not ours to touch */
function requireOurs(slot: string, { plugin, database }: SlotState, ours: string): void {
  if (plugin === 'pgoutput' && database === ours) return;
  throw new ReplicationProblem(
    'slot_taken',
    `Slot ${slot} is of ${plugin} on database ${database}, and this is database ${ours}.`,
    'Give this environment a slot of its own: set REPLICATION_SLOT.',
  );
}

/** What the server says of itself, of the slot, of the publication, and of the fence. */
async function observe(
  sql: SqlPort,
  { systemId, timeline, current }: ServerState,
  { slot, publication }: Pick<AttachPorts, 'slot' | 'publication'>,
): Promise<Observed> {
  const state = await readSlot(sql, slot);
  const [name] = await sql.query('select current_database()');
  if (state) requireOurs(slot, state, name?.[0] ?? '');
  const published = await readPublication(sql, publication);
  const [fence] = await sql.query(`select fence from vibestack.replication where id = $1`, [slot]);
  return {
    systemId,
    timeline,
    current,
    slot: state && { confirmedFlushLsn: state.confirmedFlushLsn, lost: state.walStatus === 'lost' },
    fence: fence?.[0] ?? null,
    publication: published && identityOf(published),
  };
}

/**
 * Writes a new fencing token. It is recorded before it is written, so that a crash between the two is recognised as our
 * own (SEMANTICS 2.2); together with the one that stands in the database, which may be one that was written and never
 * recorded as such.
 */
export async function takeFence(
  sql: SqlPort,
  { slot, record, random }: Pick<AttachPorts, 'slot' | 'record' | 'random'>,
  changes: Pick<Recorded, 'publication' | 'fence'> | null = null,
): Promise<Recorded> {
  const token = random();
  await record.save({ ...need(record.load()), ...changes, fenceNext: token });
  await sql.query(
    `insert into vibestack.replication (id, fence) values ($1, $2)
     on conflict (id) do update set fence = excluded.fence, updated_at = now()`,
    [slot, token],
  );
  // Read anew: what was acknowledged meanwhile stands in it.
  const fenced = { ...need(record.load()), fence: token, fenceNext: token };
  await record.save(fenced);
  return fenced;
}

async function loggedStatus(sql: SqlPort, log: ChangeLog): Promise<LoggedStatus> {
  const xid = log.newestXid;
  if (xid === null) return null;
  try {
    return await xactStatus(sql, xid);
  } catch (error) {
    if (error instanceof PgError && error.sqlstate === ID_IN_THE_FUTURE) return 'future';
    throw error;
  }
}

function need(record: Recorded | null): Recorded {
  if (record) return record;
  throw new Error('The log has no record to fence');
}
