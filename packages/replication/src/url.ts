import { UrlError } from './errors.ts';

/** Where and as whom to connect. */
export interface ConnectionOptions {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `prefer` takes TLS if the server offers it. Certificates are checked by the platform. */
  readonly tls: 'disable' | 'prefer' | 'require';
  readonly applicationName: string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/**
 * Reads a connection URL (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS).
 *
 * Without `sslmode`, TLS is required except on loopback: a password should not leave the machine in the clear because
 * somebody forgot a parameter.
 *
 * @throws {UrlError} not a Postgres URL, or a parameter with an unknown value
 */
export function parseUrl(text: string): ConnectionOptions {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UrlError('The connection URL cannot be read. Write it as postgres://user:password@host:5432/database.');
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new UrlError(`A connection URL begins with postgres:// (this one: ${url.protocol}//).`);
  }
  const user = decodeURIComponent(url.username) || 'postgres';
  return {
    hostname: decodeURIComponent(url.hostname),
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    tls: tlsMode(url),
    applicationName: url.searchParams.get('application_name') ?? 'vibestack',
  };
}

function tlsMode(url: URL): ConnectionOptions['tls'] {
  const mode = url.searchParams.get('sslmode');
  switch (mode) {
    case null:
      return LOOPBACK.has(url.hostname) ? 'disable' : 'require';
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
      throw new UrlError(`sslmode=${mode} is not known. Use disable, prefer or require.`);
  }
}

/**
 * @throws {UrlError} the host is a connection pooler, through which replication does not pass
 */
export function refusePooler({ hostname }: ConnectionOptions): void {
  if (!hostname.includes('-pooler')) return;
  throw new UrlError(
    `${hostname} is a connection pooler, and replication needs a session of its own. Use the direct host: the same name without '-pooler'.`,
  );
}
