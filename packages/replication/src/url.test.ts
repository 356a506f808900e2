import { describe, expect, it } from 'vitest';
import { UrlError } from './errors.ts';
import { parseUrl, refusePooler } from './url.ts';

describe('a connection URL', () => {
  it('is read with its escapes', () => {
    expect(parseUrl('postgres://an%40n:p%2Fw@db.example:6543/my%20db?application_name=x')).toEqual({
      hostname: 'db.example',
      port: 6543,
      user: 'an@n',
      password: 'p/w',
      database: 'my db',
      tls: 'require',
      applicationName: 'x',
    });
  });

  it('asks for TLS unless it stays on this machine', () => {
    expect(parseUrl('postgres://a@db.example/d').tls).toBe('require');
    expect(parseUrl('postgres://a@127.0.0.1/d').tls).toBe('disable');
    expect(parseUrl('postgres://a@127.0.0.1/d?sslmode=prefer').tls).toBe('prefer');
  });

  it.each(['', 'db.example', 'mysql://a@b/c', 'postgres://a@b/c?sslmode=maybe'])('%j is refused', (url) => {
    expect(() => parseUrl(url)).toThrow(UrlError);
  });

  it('of a pooler is refused for replication, and the reason named', () => {
    expect(() => {
      refusePooler(parseUrl('postgres://a@ep-x-pooler.neon.tech/d'));
    }).toThrow("without '-pooler'");
  });
});
