import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UrlError } from './errors.ts';
import { parseUrl, refusePooler, type ConnectionOptions } from './url.ts';

const DEFAULTS: ConnectionOptions = {
  hostname: 'db.example',
  port: 5432,
  user: 'a',
  password: '',
  database: 'd',
  tls: 'require',
  rootCertificate: null,
  channelBinding: 'prefer',
  applicationName: 'vibestack',
  connectTimeout: null,
  serverOptions: null,
  primary: false,
};

describe('a connection URL', () => {
  it('is read with its escapes', () => {
    expect(parseUrl('postgres://an%40n:p%2Fw@db.example:6543/my%20db?application_name=x')).toEqual({
      ...DEFAULTS,
      port: 6543,
      user: 'an@n',
      password: 'p/w',
      database: 'my db',
      applicationName: 'x',
    });
  });

  it('may have an @ or a colon in its password as it is', () => {
    expect(parseUrl('postgres://a:p@s:s@db.example/d').password).toBe('p@s:s');
  });

  it('needs no more than a host', () => {
    expect(parseUrl('postgresql://db.example')).toEqual({ ...DEFAULTS, user: 'postgres', database: 'postgres' });
  });

  it('may say everything by parameters, which go before the other parts', () => {
    const url = 'postgres://x:y@elsewhere:1/z?host=db.example&port=6000&user=a&password=a%2Bb+c&dbname=d';
    expect(parseUrl(url)).toEqual({ ...DEFAULTS, port: 6000, password: 'a+b+c' });
  });

  it('carries any user, password and database', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1 }).filter((word) => !word.includes('\0'));
    fc.assert(
      fc.property(words, words, words, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        expect(parseUrl(`postgres://${u}:${p}@db.example/${d}`)).toEqual({ ...DEFAULTS, user, password, database });
        expect(parseUrl(`postgres://db.example?user=${u}&password=${p}&dbname=${d}`)).toMatchObject({
          user,
          password,
          database,
        });
      }),
    );
  });

  it('takes the parameters that are known', () => {
    const url =
      'postgres://a@db.example/d?connect_timeout=10&options=endpoint%3Dep-x%20-c%20work_mem%3D1MB' +
      '&target_session_attrs=read-write&channel_binding=require&sslmode=verify-full&sslrootcert=/ca.pem';
    expect(parseUrl(url)).toEqual({
      ...DEFAULTS,
      connectTimeout: 10,
      serverOptions: 'endpoint=ep-x -c work_mem=1MB',
      primary: true,
      channelBinding: 'require',
      rootCertificate: '/ca.pem',
    });
  });

  it('leaves aside what drivers, poolers and libpq add and what changes nothing here', () => {
    const url =
      'postgres://a@db.example/d?pgbouncer=true&schema=public&connection_limit=1&pool_timeout=0&sslaccept=strict' +
      '&keepalives=1&keepalives_idle=30&gssencmode=disable&krbsrvname=x&sslnegotiation=postgres&sslrootcert=system' +
      '&client_encoding=UTF8&connect_timeout=0&target_session_attrs=any&ssl=true&options=';
    expect(parseUrl(url)).toEqual(DEFAULTS);
  });

  it('asks for TLS unless it stays on this machine', () => {
    expect(parseUrl('postgres://a@db.example/d').tls).toBe('require');
    expect(parseUrl('postgres://a@127.0.0.1/d').tls).toBe('disable');
    expect(parseUrl('postgres://a@[::1]/d').tls).toBe('disable');
    expect(parseUrl('postgres://a@db.example/d?host=localhost').tls).toBe('disable');
    expect(parseUrl('postgres://a@localhost/d?host=db.example').tls).toBe('require');
    expect(parseUrl('postgres://a@127.0.0.1/d?sslmode=prefer').tls).toBe('prefer');
  });

  it('may have an IPv6 address, which is told without its brackets', () => {
    expect(parseUrl('postgres://a@[2001:db8::1]:6000/d')).toMatchObject({ hostname: '2001:db8::1', port: 6000 });
  });

  it.each([
    ['', 'written as postgres://'],
    ['db.example', 'written as postgres://'],
    ['mysql://a@b/c', 'written as postgres://'],
    ['postgres://a@b/c?sslmode=maybe', 'sslmode=maybe'],
    ['postgres://a@b/c?ssl=1', 'ssl=true'],
    ['postgres://a@b/c?channel_binding=yes', 'channel_binding=yes'],
    ['postgres://a@localhost/c?channel_binding=require', 'needs TLS'],
    ['postgres://a@b/c?connect_timeout=soon', 'connect_timeout=soon'],
    ['postgres://a@b/c?target_session_attrs=standby', 'target_session_attrs=standby'],
    ['postgres://a@b/c?sslnegotiation=direct', 'SSLRequest'],
    ['postgres://a@b/c?sslcert=x', 'by password'],
    ['postgres://a@b/c?gssencmode=require', 'TLS'],
    ['postgres://a@b/c?service=x', 'file of services'],
    ['postgres://a@b/c?hostaddr=1.2.3.4', 'as the host'],
    ['postgres://a@b/c?client_encoding=latin1', 'UTF-8'],
    ['postgres://a@b/c?colour=red', 'unknown parameter, colour'],
    ['postgres://a@b/c?toString=1', 'unknown parameter, toString'],
    ['postgres://a@b/c?sslmode', 'no value'],
    ['postgres://a@b:0/c', '1 to 65535'],
    ['postgres://a@b:65536/c', '1 to 65535'],
    ['postgres://a@b/c?port=x', '1 to 65535'],
    ['postgres://a@b,c/d', 'several hosts'],
    ['postgres://a@b:1,c:2/d', 'several hosts'],
    ['postgres://a@/d?host=b,c', 'several hosts'],
    ['postgres://a%00b@c/d', 'zero character'],
    ['postgres:///d', 'no host'],
    ['postgres:///d?host=/var/run', 'Unix socket'],
    ['postgres://%2Fvar%2Frun/d', 'Unix socket'],
  ])('%j is refused, and the reason named', (url, reason) => {
    expect(() => parseUrl(url)).toThrow(UrlError);
    expect(() => parseUrl(url)).toThrow(reason);
  });

  it.each([
    ['postgres://a:secret%@b/c', 'as %25'],
    ['postgres://a:%ff%fesecret@b/c', 'as %25'],
    ['postgres://a:secret#x@b/c', 'as %23'],
    ['postgres://a:12#secret@b/c', 'as %23'],
    ['postgres://a:sec/ret@b/c', 'as %2F'],
    ['postgres://a:12?secret&x=@b/c', 'as %3F'],
    ['postgres://a:secret@b:99999/c', '65535'],
    ['postgres://a:secret@b c/c', 'cannot be read'],
    ['postgres://a:secret@[::1/c', 'cannot be read'],
    ['postgres://a@b/c?password=secret%', 'as %25'],
    ['postgres://a@b/c?password=x&secret!=1', 'unknown parameter.'],
    ['postgres://a@b/c?sslmode=require;secret=1', 'sslmode=…'],
  ])('%j is refused without a word of the password', (url, reason) => {
    expect(() => parseUrl(url)).toThrow(UrlError);
    expect(() => parseUrl(url)).toThrow(reason);
    expect(() => parseUrl(url)).not.toThrow('secret');
  });

  it.each([
    ['ep-x-pooler.neon.tech', "without '-pooler'"],
    ['aws-0-eu-central-1.pooler.supabase.com:6543', 'db.<project>.supabase.co'],
    ['aws-0-eu-central-1.pooler.supabase.com', 'db.<project>.supabase.co'],
    ['db.x.supabase.co:6543', 'port 5432'],
  ])('of the pooler %s is refused for replication, and the other way named', (host, instead) => {
    expect(() => {
      refusePooler(parseUrl(`postgres://a@${host}/d`));
    }).toThrow(instead);
  });

  it.each(['ep-x.neon.tech', 'db.x.supabase.co'])('of %s leads to the server itself', (host) => {
    refusePooler(parseUrl(`postgres://a@${host}/d`));
  });
});
