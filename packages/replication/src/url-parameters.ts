import { UrlError } from './errors.ts';

/** What is done with a parameter that has no meaning here: it does no harm, or leaving it out would break a promise. */
type Unused =
  { readonly kind: 'ignored' } | { readonly kind: 'only'; readonly values: RegExp; readonly reason: string };

const ignored: Unused = { kind: 'ignored' };
const only = (values: RegExp, reason: string): Unused => ({ kind: 'only', values, reason });
const refused = (reason: string): Unused => only(/^$/, reason);

/** Parameters that `parseUrl` reads. */
const HONOURED = [
  'host',
  'port',
  'dbname',
  'user',
  'password',
  'sslmode',
  'ssl',
  'sslrootcert',
  'channel_binding',
  'application_name',
  'fallback_application_name',
  'connect_timeout',
  'options',
  'target_session_attrs',
] as const;

export type HonouredParameter = (typeof HONOURED)[number];

/** The other parameters of libpq (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS). */
const OF_LIBPQ = {
  client_encoding: only(/^(auto|utf-?8|unicode)$/i, 'text travels as UTF-8'),
  gssdelegation: ignored,
  gssencmode: only(/^(disable|prefer)$/, 'encryption is by TLS'),
  gsslib: ignored,
  hostaddr: refused('write the address, or a name that leads to it, as the host'),
  keepalives: ignored,
  keepalives_count: ignored,
  keepalives_idle: ignored,
  keepalives_interval: ignored,
  krbsrvname: ignored,
  load_balance_hosts: ignored, // among one host
  max_protocol_version: only(/^(3\.[0-9]+|latest)$/, 'the protocol is version 3.0'),
  min_protocol_version: only(/^3\.0$/, 'the protocol is version 3.0'),
  oauth_client_id: refused('sign in by password'),
  oauth_client_secret: refused('sign in by password'),
  oauth_issuer: refused('sign in by password'),
  oauth_scope: refused('sign in by password'),
  passfile: ignored, // the password is the URL's
  replication: ignored, // whoever opens the connection decides
  require_auth: refused('SCRAM, or a password over TLS, is what there is'),
  requirepeer: ignored, // of Unix sockets
  scram_client_key: refused('sign in by password'),
  scram_server_key: refused('sign in by password'),
  service: refused('there is no file of services here: write out what it says'),
  servicefile: refused('there is no file of services here: write out what it says'),
  ssl_max_protocol_version: only(/^TLSv1\.3$/, 'the platform decides on the version of TLS'),
  ssl_min_protocol_version: only(/^TLSv1(\.[12])?$/, 'the platform decides on the version of TLS, 1.2 or later'),
  sslcert: refused('sign in by password, not by a certificate'),
  sslcertmode: only(/^(disable|allow)$/, 'sign in by password, not by a certificate'),
  sslcompression: only(/^0$/, 'TLS is not compressed'),
  sslcrl: refused('lists of revoked certificates are not read'),
  sslcrldir: refused('lists of revoked certificates are not read'),
  sslkey: refused('sign in by password, not by a certificate'),
  sslkeylogfile: refused('the keys of a connection are not written down'),
  sslnegotiation: only(
    /^postgres$/,
    'TLS begins after an SSLRequest; every server that speaks direct TLS allows that too',
  ),
  sslpassword: refused('sign in by password, not by a certificate'),
  sslsni: only(/^1$/, 'the platform always tells the server’s name'),
  tcp_user_timeout: ignored,
} satisfies Record<string, Unused>;

/** What ORMs, drivers and poolers add for themselves. */
const OF_OTHERS = [
  'connection_limit',
  'idle_timeout',
  'max',
  'max_lifetime',
  'pgbouncer',
  'pool_timeout',
  'pool_mode',
  'prepare',
  'schema',
  'single_use_connections',
  'socket_timeout',
  'sslaccept',
  'statement_cache_size',
  'supa',
  'uselibpqcompat',
  'workaround',
];

const UNUSED: ReadonlyMap<string, Unused> = new Map([
  ...OF_OTHERS.map((name): [string, Unused] => [name, ignored]),
  ...Object.entries<Unused>(OF_LIBPQ),
]);

const isHonoured = (name: string): name is HonouredParameter => (HONOURED as readonly string[]).includes(name);

/**
 * Judges each parameter of a connection URL: honoured, harmless, or refused with the reason.
 *
 * @returns those that are honoured and not empty
 * @throws {UrlError} an unknown one, or one that asks for what is not kept
 */
export function sortParameters(given: Iterable<readonly [string, string]>): ReadonlyMap<HonouredParameter, string> {
  const honoured = new Map<HonouredParameter, string>();
  for (const [name, value] of given) {
    if (isHonoured(name)) {
      if (value !== '') honoured.set(name, value);
      continue;
    }
    const known = UNUSED.get(name);
    if (known === undefined) throw unknown(name);
    if (known.kind === 'only' && value !== '' && !known.values.test(value)) {
      throw new UrlError(`${name} is not supported with this value: ${known.reason}.`);
    }
  }
  return honoured;
}

/** A name that does not look like one may be a piece of a password that was not escaped, and is not repeated. */
const unknown = (name: string): UrlError =>
  new UrlError(
    `The connection URL has an unknown parameter${/^[a-z_]{2,40}$/i.test(name) ? `, ${name}` : ''}. Known are ${HONOURED.join(', ')}, and those of libpq. A ? or & in the password is written as %3F or %26.`,
  );
