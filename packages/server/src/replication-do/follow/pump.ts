import { lsnFromBigInt, lsnToBigInt, type ScopeKey } from '@vibestack/sync-types';
import type { ReplicationStream } from '@vibestack/replication';
import type { Assembler, Run } from './assembler.ts';
import { touchedScopes, type ChangeLog } from './log.ts';
import type { ReplicationRecord } from './record.ts';

/** What the pump needs of its Durable Object. */
export interface PumpPorts {
  readonly log: ChangeLog;
  readonly record: ReplicationRecord;
  readonly storage: DurableObjectStorage;
  /** Bytes of log to keep. */
  readonly retention: number;
  /** Told after a flush is durable. */
  readonly published: (touched: ReadonlySet<ScopeKey>) => void;
  readonly now: () => number;
  /** Told whenever the server was heard. */
  readonly heard: () => void;
}

/** Milliseconds between two acknowledgements of idle WAL: each costs a row written. */
const IDLE_ACK_INTERVAL = 10_000;

/**
 * Moves the stream into the log until the stream ends: read, assemble, make durable, acknowledge, tell.
 *
 * @throws {ConnectionLostError} the connection broke; what was not durable is delivered again
 */
export async function pump(stream: ReplicationStream, assembler: Assembler, ports: PumpPorts): Promise<never> {
  let lastIdle = 0;
  for (;;) {
    const { messages, idle } = await stream.read();
    ports.heard();
    let walEnd = 0n;
    for (const message of messages) {
      if (message.kind === 'keepalive') walEnd = message.walEnd;
      else assembler.push(message);
    }
    const runs = assembler.takeRuns(idle);
    if (runs.length > 0) await flush(stream, runs, ports);
    else if (walEnd > 0n && !assembler.inTransaction && ports.now() - lastIdle >= IDLE_ACK_INTERVAL) {
      lastIdle = ports.now();
      await acknowledgeIdle(stream, walEnd, ports);
    }
  }
}

async function flush(stream: ReplicationStream, runs: readonly Run[], ports: PumpPorts): Promise<void> {
  const { log, record, storage } = ports;
  const durable = log.durable;
  // A commit at or below the durable one is delivered again after an unacknowledged crash: it is in the log already.
  const fresh = runs.filter((run) => run.to > durable);
  const end = runs.reduce((highest, run) => (run.end > highest ? run.end : highest), 0n);
  const known = record.load();
  storage.transactionSync(() => {
    for (const run of fresh) log.append(run);
    // Recorded before it is acknowledged: a slot above this was moved by someone else (SEMANTICS 1.2).
    if (known && end > 0n && lsnFromBigInt(end) > known.acked) {
      storage.kv.put('record', { ...known, acked: lsnFromBigInt(end) });
    }
    const floor = log.retain(ports.retention);
    if (floor) record.floor = { lsn: floor.lsn, xid: floor.xid.toString() };
  });
  await storage.sync();
  if (end > 0n) await stream.acknowledge(end);
  if (fresh.length > 0) ports.published(touchedScopes(fresh));
}

/** Lets the server drop WAL in which nothing of ours happened (trap 2); only what is recorded durably first. */
async function acknowledgeIdle(stream: ReplicationStream, walEnd: bigint, ports: PumpPorts): Promise<void> {
  const known = ports.record.load();
  if (!known || walEnd <= lsnToBigInt(known.acked)) return;
  await ports.record.save({ ...known, acked: lsnFromBigInt(walEnd) });
  await stream.acknowledge(walEnd);
}
