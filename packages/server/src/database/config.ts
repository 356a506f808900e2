/** A configuration that cannot work. `code` is stable, `hint` says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'bad_config';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(`${message} ${hint}`);
    this.hint = hint;
  }
}

/** What the Worker's environment has to say. Every field comes from a variable, a secret or a binding. */
export interface ServerEnv {
  /** Pooled (or Hyperdrive) URL: writes and API. */
  readonly DATABASE_URL: string;
  /** Direct URL: replication and COPY. Defaults to `DATABASE_URL`. */
  readonly DATABASE_DIRECT_URL?: string;
  /** `iss` of access tokens. */
  readonly AUTH_ISSUER: string;
  /** `aud` of access tokens. */
  readonly AUTH_AUDIENCE: string;
  /** Where the issuer publishes its keys. Defaults to `<AUTH_ISSUER>/.well-known/jwks.json`. */
  readonly AUTH_JWKS_URL?: string;
  /** Signs socket tickets; at least 32 characters. */
  readonly TICKET_SECRET: string;
  /** Origins that may open sockets and call the API, comma-separated. The page's own origin always may. */
  readonly ALLOWED_ORIGINS?: string;
  /** Replication slot; one per environment that follows the database. */
  readonly REPLICATION_SLOT?: string;
  /** `stream` (default) holds a replication connection open; `poll` looks at intervals, so that a database may sleep. */
  readonly REPLICATION_SOURCE?: string;
  /** Milliseconds between two looks of a poll: after something came, and at most, after nothing came for long. */
  readonly POLL_MIN_MS?: string;
  readonly POLL_MAX_MS?: string;
  /** Seconds between two drainings of the slot while no client is connected; at most six hours. */
  readonly DRAIN_INTERVAL_SECONDS?: string;
  /** How many SyncDO groups sessions are spread over. */
  readonly SYNC_GROUPS?: string;
  /** Bytes of change log to keep. */
  readonly LOG_RETENTION_BYTES?: string;
  readonly REPLICATION: DurableObjectNamespace;
  readonly SYNC: DurableObjectNamespace;
}

const required = (env: ServerEnv, name: 'DATABASE_URL' | 'TICKET_SECRET'): string => {
  // The type says it is there; whoever deploys may have forgotten it all the same.
  const value = env[name] as string | undefined;
  if (value) return value;
  throw new ConfigError(`${name} is not set.`, `Set it with 'wrangler secret put ${name}' or in .dev.vars.`);
};

export const databaseUrl = (env: ServerEnv): string => required(env, 'DATABASE_URL');
export const directUrl = (env: ServerEnv): string => env.DATABASE_DIRECT_URL ?? databaseUrl(env);
export const slotName = (env: ServerEnv): string => env.REPLICATION_SLOT ?? 'vibestack';
export const PUBLICATION = 'vibestack';

/** @throws {ConfigError} missing or guessably short */
export function ticketSecret(env: ServerEnv): Uint8Array {
  const secret = required(env, 'TICKET_SECRET');
  if (secret.length < 32) throw new ConfigError('TICKET_SECRET is too short.', 'Use at least 32 random characters.');
  return new TextEncoder().encode(secret);
}

const positive = (text: string | undefined, fallback: number): number => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : fallback;
};

export const syncGroups = (env: ServerEnv): number => positive(env.SYNC_GROUPS, 4);
export const logRetention = (env: ServerEnv): number => positive(env.LOG_RETENTION_BYTES, 512 * 1024 * 1024);

/** @throws {ConfigError} another word than `stream` or `poll` */
export function sourceKind(env: ServerEnv): 'stream' | 'poll' {
  const kind = env.REPLICATION_SOURCE ?? 'stream';
  if (kind === 'stream' || kind === 'poll') return kind;
  throw new ConfigError(`REPLICATION_SOURCE=${kind} is not known.`, 'Use stream or poll.');
}

/** Milliseconds. */
export function pollIntervals(env: ServerEnv): { pollMin: number; pollMax: number } {
  const pollMin = positive(env.POLL_MIN_MS, 250);
  return { pollMin, pollMax: Math.max(pollMin, positive(env.POLL_MAX_MS, 30_000)) };
}

/** Milliseconds; longer than six hours, WAL would gather and a slot might be taken for abandoned. */
export const drainInterval = (env: ServerEnv): number =>
  Math.min(positive(env.DRAIN_INTERVAL_SECONDS, 3600), 6 * 3600) * 1000;
