import { createServer } from 'node:http';
import { migrations } from '@repo/schema/server';
import { seed } from '@repo/schema/seed';
import { migrate } from '@vibestack/dataforge';
import { createTestDatabase } from '@vibestack/dev-postgres/testing';
import { setup as postgres } from '@vibestack/dev-postgres/vitest-setup';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { TestProject } from 'vitest/node';

/** Starts what the tests inside workerd cannot: a migrated and seeded database, and an issuer of tokens. */
export async function begin(project: TestProject): Promise<() => Promise<void>> {
  const stopPostgres = await postgres(project);
  const database = await createTestDatabase(project.getProvidedContext().postgresUrl);
  await migrate(database.url, migrations);
  await seed(database.url, { size: 'small' });
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] });
  const issuer = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(jwks);
      return;
    }
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const jwt = new SignJWT(JSON.parse(body) as Record<string, unknown>).setProtectedHeader({
        alg: 'ES256',
        kid: 'k',
      });
      void jwt.sign(privateKey).then((token) => response.end(token));
    });
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const address = issuer.address();
  project.provide('databaseUrl', database.url);
  project.provide('issuerUrl', `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  return async () => {
    await new Promise((resolve) => issuer.close(resolve));
    await database.drop();
    await stopPostgres();
  };
}
