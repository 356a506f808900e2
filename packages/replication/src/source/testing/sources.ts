import { neon, Pool } from '@neondatabase/serverless';
import { connect } from '../../node/index.ts';
import { neonClientSql, neonHttpSql } from '../../sql/neon-sql.ts';
import { pgSql } from '../../sql/pg-sql.ts';
import type { SqlPort } from '../../sql/sql-port.ts';
import type { ChangeSource, SourceOptions } from '../change-source.ts';
import { openPoll } from '../poll.ts';
import { openStream } from '../stream.ts';

/** One way to read a slot. */
export interface SourceKind {
  readonly name: string;
  /** The setting by which it shows itself came after the oldest release. */
  readonly recent?: true;
  open(url: string, options: SourceOptions): Promise<ChangeSource>;
}

/** The smallest there is, so that transactions are streamed. */
const LITTLE_MEMORY = '-c logical_decoding_work_mem=64kB';
const AT_ONCE = '-c debug_logical_replication_streaming=immediate';

const SOURCES: readonly SourceKind[] = [
  {
    name: 'a stream',
    open: (url, options) => openStream(connect, withOptions(url, LITTLE_MEMORY), options),
  },
  {
    name: 'a stream of which every change is streamed at once',
    recent: true,
    open: (url, options) => openStream(connect, withOptions(url, AT_ONCE), options),
  },
  {
    name: 'a stream without streamed transactions',
    open: (url, options) => openStream(connect, withOptions(url, LITTLE_MEMORY), { ...options, streaming: false }),
  },
  {
    name: 'a poll',
    open: (url, options) => poll(pgSql(connect, url), options),
  },
  {
    name: 'a poll by small answers',
    open: (url, options) => poll(heldWhole(pgSql(connect, url), 300_000), options),
  },
  {
    name: 'a poll over HTTP',
    open: (url, options) => poll(neonHttpSql(neon(url)), options),
  },
  {
    name: 'a poll over a WebSocket',
    open: (url, options) => poll(neonClientSql(new Pool({ connectionString: url, max: 1 })), options),
  },
];

/** Those of Neon need `neonConfig` to lead to a proxy. */
export const sourcesOf = (release: 'current' | 'oldest'): readonly SourceKind[] =>
  SOURCES.filter(({ recent }) => release === 'current' || recent !== true);

/** The same port as one that holds each answer whole. */
export const heldWhole = (sql: SqlPort, answerLimit: number): SqlPort => ({ ...sql, answerLimit });

const poll = (sql: SqlPort, options: SourceOptions): Promise<ChangeSource> => Promise.resolve(openPoll(sql, options));

function withOptions(url: string, options: string): string {
  const changed = new URL(url);
  changed.search = `options=${encodeURIComponent(options)}`;
  return changed.href;
}
