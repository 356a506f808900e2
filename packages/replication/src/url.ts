import { UrlError } from './errors.ts';
import { sortParameters, type HonouredParameter } from './url-parameters.ts';
import { readHost, readPort, readQuery, splitUrl } from './url-parts.ts';

/** Where and as whom to connect. */
export interface ConnectionOptions {
  /** A name or an address, IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `prefer` takes TLS if the server offers it. Certificates are checked by the platform. */
  readonly tls: 'disable' | 'prefer' | 'require';
  /** Path of a file with certificates to trust instead of the platform's. */
  readonly rootCertificate: string | null;
  /** Whether a sign-in must be, may be or is not tied to the TLS connection (RFC 5929, `tls-server-end-point`). */
  readonly channelBinding: 'disable' | 'prefer' | 'require';
  readonly applicationName: string;
  /** Seconds; null for as long as the platform waits. */
  readonly connectTimeout: number | null;
  /** Command-line options for the server, such as `-c search_path=x`; on Neon also `endpoint=…`. */
  readonly serverOptions: string | null;
  /** A standby is refused. */
  readonly primary: boolean;
}

type Parameters = ReadonlyMap<HonouredParameter, string>;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Whether what is sent there stays on this machine. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);

/**
 * Reads a connection URL (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS).
 *
 * Without `sslmode`, TLS is required except on loopback: a password should not leave the machine in the clear because
 * somebody forgot a parameter. Messages never repeat the URL, which holds the password.
 *
 * @throws {UrlError} not a Postgres URL, or it asks for what is unknown or not supported
 */
export function parseUrl(text: string): ConnectionOptions {
  const parts = splitUrl(text);
  const parameters = sortParameters(readQuery(parts.query));
  const hostname = readHost(parameters.get('host') ?? parts.host);
  const user = (parameters.get('user') ?? parts.user) || 'postgres';
  const tls = tlsMode(parameters, hostname);
  return {
    hostname,
    port: readPort(parameters.get('port') ?? parts.port),
    user,
    password: parameters.get('password') ?? parts.password,
    database: (parameters.get('dbname') ?? parts.database) || user,
    tls,
    rootCertificate: rootCertificate(parameters),
    channelBinding: channelBinding(parameters, tls),
    applicationName: parameters.get('application_name') ?? parameters.get('fallback_application_name') ?? 'vibestack',
    connectTimeout: connectTimeout(parameters),
    serverOptions: parameters.get('options') ?? null,
    primary: asksForPrimary(parameters),
  };
}

function tlsMode(parameters: Parameters, hostname: string): ConnectionOptions['tls'] {
  // The spelling of JDBC, which libpq takes too.
  const byJdbc = parameters.get('ssl') === 'true' ? 'require' : undefined;
  if (parameters.has('ssl') && !byJdbc) throw new UrlError('Of ssl, only ssl=true is known. Use sslmode.');
  const mode = parameters.get('sslmode') ?? byJdbc;
  switch (mode) {
    case undefined:
      return isLoopback(hostname) ? 'disable' : 'require';
    case 'disable':
    case 'prefer':
    case 'require':
      return mode;
    case 'allow':
      return 'prefer';
    case 'verify-ca':
    case 'verify-full':
      return 'require';
    default:
      throw badValue('sslmode', mode, 'disable, prefer, require or verify-full');
  }
}

/** `system` is libpq's word for what is done here anyway. */
function rootCertificate(parameters: Parameters): string | null {
  const path = parameters.get('sslrootcert') ?? 'system';
  return path === 'system' ? null : path;
}

function channelBinding(parameters: Parameters, tls: ConnectionOptions['tls']): ConnectionOptions['channelBinding'] {
  const mode = parameters.get('channel_binding') ?? 'prefer';
  if (mode !== 'disable' && mode !== 'prefer' && mode !== 'require') {
    throw badValue('channel_binding', mode, 'disable, prefer or require');
  }
  if (mode === 'require' && tls === 'disable') {
    throw new UrlError(
      'channel_binding=require needs TLS, which is off. Write sslmode=require, or channel_binding=prefer.',
    );
  }
  return mode;
}

/** As in libpq, zero and less wait for ever. */
function connectTimeout(parameters: Parameters): number | null {
  const text = parameters.get('connect_timeout');
  if (text === undefined) return null;
  if (!/^-?\d{1,6}$/.test(text)) throw badValue('connect_timeout', text, 'a number of seconds');
  return Number(text) > 0 ? Number(text) : null;
}

function asksForPrimary(parameters: Parameters): boolean {
  const wanted = parameters.get('target_session_attrs') ?? 'any';
  if (wanted === 'any') return false;
  if (wanted === 'primary' || wanted === 'read-write') return true;
  throw badValue('target_session_attrs', wanted, 'any, primary or read-write');
}

const badValue = (name: HonouredParameter, value: string, known: string): UrlError =>
  new UrlError(`${name}=${/^[\w.-]{1,40}$/.test(value) ? value : '…'} is not known. Use ${known}.`);

/** Poolers that are known by their names, and what to write instead. */
const POOLERS: readonly { readonly is: (options: ConnectionOptions) => boolean; readonly instead: string }[] = [
  { is: ({ hostname }) => hostname.includes('-pooler'), instead: "the same name without '-pooler'" },
  {
    is: ({ hostname }) => hostname.endsWith('.pooler.supabase.com'),
    instead: 'db.<project>.supabase.co, port 5432',
  },
  {
    is: ({ hostname, port }) => hostname.endsWith('.supabase.co') && port === 6543,
    instead: 'the same name with port 5432',
  },
];

/**
 * @throws {UrlError} the host is a connection pooler, through which replication does not pass
 */
export function refusePooler(options: ConnectionOptions): void {
  const pooler = POOLERS.find(({ is }) => is(options));
  if (!pooler) return;
  throw new UrlError(
    `${options.hostname}:${options.port} is a connection pooler, and replication needs a session of its own. Use the direct host: ${pooler.instead}.`,
  );
}
