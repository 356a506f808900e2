import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverAccount, startPostgres, type Release } from '@vibestack/dev-postgres';
import { SERVER, SOMEBODY_ELSE } from './certificates.ts';

/** How roles sign in, by name; what the server's file of that says is what a test cannot say by SQL. */
const HBA = `
host all trusted all trust
host all cleartext all password
host all outdated all md5
host all all all scram-sha-256
`;

/** A Postgres that offers TLS; the roles `trusted`, `cleartext` and `outdated` would sign in otherwise than by SCRAM. */
export interface TlsPostgres {
  /** Without parameters, by name: `localhost`. */
  readonly url: string;
  readonly port: number;
  /** Path of a PEM file with the certificates of the server and of somebody else. */
  readonly trusted: string;
  stop(): Promise<void>;
}

export async function startTlsPostgres(release: Release): Promise<TlsPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vibestack-tls-'));
  const plainFile = (name: string, content: string): string => {
    writeFileSync(join(dataDir, name), content, { mode: 0o600 });
    return join(dataDir, name);
  };
  /** Postgres takes a key only if it is its own and nobody else may read it. */
  const serverFile = (name: string, content: string): string => {
    const path = plainFile(name, content);
    const { uid, gid, other } = serverAccount();
    if (other) chownSync(path, uid, gid);
    return path;
  };
  const server = await startPostgres({
    dataDir,
    port: 0,
    durable: false,
    release,
    settings: {
      hba_file: serverFile('hba.conf', HBA),
      ssl: 'on',
      ssl_cert_file: serverFile('server.crt', SERVER.certificate),
      ssl_key_file: serverFile('server.key', SERVER.key),
    },
  });
  return {
    url: `postgres://postgres:postgres@localhost:${server.port}/postgres`,
    port: server.port,
    trusted: plainFile('trusted.pem', SERVER.certificate + SOMEBODY_ELSE.certificate),
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
