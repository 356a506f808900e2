import type { Bench } from '../figure.ts';
import { largeTransaction } from './large-transaction.ts';
import { latency } from './latency.ts';
import { throughput } from './throughput.ts';

/** From the WAL into the durable log, and to those who listen. */
export const replicate: Bench = async (report) => {
  await throughput(report);
  await latency(report);
  await largeTransaction(report);
};
