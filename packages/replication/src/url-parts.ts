import { UrlError } from './errors.ts';

const URL_PARTS = /^postgres(?:ql)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(.*)$/is;

/** What stands between the marks of a connection URL, decoded save for the query. */
export interface UrlParts {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly query: string;
}

/** By hand: `URL` knows no URL without a host, which parameters may name, and takes a database `.` for a directory. */
export function splitUrl(text: string): UrlParts {
  const [, authority, path = '', query = '', rest] = URL_PARTS.exec(text) ?? [];
  if (authority === undefined) {
    throw new UrlError('A connection URL is written as postgres://user:password@host:5432/database.');
  }
  if (rest !== '' || (!authority.includes('@') && `${path}${query}`.includes('@'))) {
    throw new UrlError(
      'The connection URL breaks off early. Write # as %23, / as %2F and ? as %3F in user and password.',
    );
  }
  const at = authority.lastIndexOf('@');
  const [user = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':');
  const where = authority.slice(at + 1);
  if (where.includes(',')) throw severalHosts();
  const [, host, port = ''] = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(where) ?? [];
  if (host === undefined) throw badHost();
  return {
    user: decode(user, 'user'),
    password: decode(password.join(':'), 'password'),
    host: decode(host.replace(/^\[|\]$/g, ''), 'host'),
    port,
    database: decode(path, 'database'),
    query,
  };
}

/** By hand: for URLSearchParams a + is a space, for Postgres it is a plus. */
export function readQuery(query: string): [string, string][] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      if (at < 0) throw noValue();
      return [decode(part.slice(0, at), 'parameter'), decode(part.slice(at + 1), 'parameter')];
    });
}

const noValue = (): UrlError =>
  new UrlError('A parameter of the connection URL has no value. Write & and ? in a password as %26 and %3F.');

function decode(part: string, what: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw new UrlError(`In the connection URL, a ${what} is not percent-encoded well. Write a % as %25.`);
  }
  if (text.includes('\0')) throw new UrlError(`In the connection URL, a ${what} contains a zero character.`);
  return text;
}

export function readHost(host: string): string {
  if (host === '') throw new UrlError('The connection URL names no host.');
  if (host.includes(',')) throw severalHosts();
  if (/^[/@]/.test(host)) {
    throw new UrlError('The host is a Unix socket, which cannot be reached from here. Write a name or an address.');
  }
  if (!/^[\p{L}\p{N}._:%-]+$/u.test(host)) throw badHost();
  return host;
}

const badHost = (): UrlError => new UrlError('The host in the connection URL cannot be read.');

const severalHosts = (): UrlError =>
  new UrlError(
    'The connection URL names several hosts. Name the primary alone: its slot and WAL are what is followed.',
  );

export function readPort(text: string): number {
  if (text === '') return 5432;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw badPort();
  return port;
}

const badPort = (): UrlError => new UrlError('The port in the connection URL is not a number from 1 to 65535.');
