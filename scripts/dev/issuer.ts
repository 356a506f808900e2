import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { SignJWT, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import postgres from 'postgres';

/** Whoever may be signed in as, with one click, in development. */
interface DevPerson {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

export interface DevIssuer {
  readonly url: string;
  /** Signs an access token, as `POST /token` does. */
  token(subject: string): Promise<string>;
  close(): Promise<void>;
}

export interface IssuerOptions {
  readonly databaseUrl: string;
  /** Where the signing key is kept, so that tokens outlive a restart. */
  readonly keyFile: string;
  readonly port: number;
}

export const AUDIENCE = 'vibestack';
const TOKEN_LIFE = 15 * 60;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The identity issuer of development: signs ES256 tokens for people in the database, without a password. It listens
 * on loopback only, and is no part of anything that is deployed.
 */
export async function startIssuer({ databaseUrl, keyFile, port }: IssuerOptions): Promise<DevIssuer> {
  const key = await signingKey(keyFile);
  const sql = postgres(databaseUrl, { max: 2, onnotice: () => undefined });
  let url = '';
  const token = (subject: string) => sign(key, url, subject);
  const routes: Record<string, (request: IncomingMessage) => Promise<unknown>> = {
    'GET /.well-known/jwks.json': () => Promise.resolve({ keys: [key.public] }),
    'GET /people': () => people(sql),
    'POST /token': async (request) => {
      const { subject } = await readJson(request);
      if (typeof subject !== 'string' || !UUID.test(subject))
        throw new RequestError(400, 'Send {"subject": "<a person\'s id>"}.');
      const [person] = await sql`select 1 from person where id = ${subject}`;
      if (!person) throw new RequestError(404, 'There is no such person.');
      return { access_token: await token(subject), token_type: 'Bearer', expires_in: TOKEN_LIFE };
    },
  };
  const server = createServer((request, response) => {
    void respond(request, response, routes);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;
  return {
    url,
    token,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sql.end();
    },
  };
}

class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface SigningKey {
  readonly private: JWK;
  readonly public: JWK;
}

async function signingKey(file: string): Promise<SigningKey> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as SigningKey;
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = randomUUID();
  const key = {
    private: { ...(await exportJWK(privateKey)), kid, alg: 'ES256' },
    public: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}

const sign = async (key: SigningKey, issuer: string, subject: string): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: key.private.kid ?? '' })
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_LIFE}s`)
    .sign(await importJWK(key.private, 'ES256'));

const people = (sql: postgres.Sql): Promise<DevPerson[]> =>
  sql<DevPerson[]>`select id, name, color from person order by created_at, id limit 8`;

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Readonly<Record<string, (request: IncomingMessage) => Promise<unknown>>>,
): Promise<void> {
  const origin = request.headers.origin;
  if (origin !== undefined && /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin)) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-headers', 'content-type');
    response.setHeader('vary', 'origin');
  }
  const route = routes[`${request.method ?? ''} ${new URL(request.url ?? '/', 'http://issuer').pathname}`];
  try {
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    else if (!route) throw new RequestError(404, 'There is nothing here.');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await route(request)));
  } catch (error) {
    const status = error instanceof RequestError ? error.status : 500;
    const message = error instanceof Error ? error.message : String(error);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
  }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 10_000) throw new RequestError(413, 'Too long.');
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new RequestError(400, 'Not JSON.');
  }
}
