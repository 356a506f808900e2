/** Somebody who can be signed in as in development. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

const REMEMBERED = 'vibestack.person';
const ISSUER = 'vibestack.issuer';

/** Whoever signed in last: their database opens without asking anybody, also offline. */
export function rememberedPerson(): Person | null {
  const text = localStorage.getItem(REMEMBERED);
  return text === null ? null : (JSON.parse(text) as Person);
}

export function rememberPerson(person: Person | null): void {
  if (person) localStorage.setItem(REMEMBERED, JSON.stringify(person));
  else localStorage.removeItem(REMEMBERED);
}

/** The issuer's address; the server says it, and it is remembered for starts without a network. */
async function issuer(): Promise<string> {
  try {
    const answer = await fetch('/api/config');
    const { issuer: url } = (await answer.json()) as { issuer: string };
    localStorage.setItem(ISSUER, url);
    return url;
  } catch (error) {
    const known = localStorage.getItem(ISSUER);
    if (known !== null) return known;
    throw error;
  }
}

export async function fetchPeople(): Promise<Person[]> {
  const answer = await fetch(`${await issuer()}/people`);
  if (!answer.ok) throw new Error(`The identity issuer answers ${answer.status}`);
  return (await answer.json()) as Person[];
}

/** Seconds before a token's end at which a new one is fetched. */
const EARLY = 60;

/** Access tokens of one person, kept in memory only. */
export function tokenSource(personId: string): (fresh: boolean) => Promise<string> {
  let current: { token: string; expires: number } | null = null;
  return async (fresh) => {
    if (current && !fresh && current.expires > Date.now()) return current.token;
    const answer = await fetch(`${await issuer()}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject: personId }),
    });
    if (!answer.ok) throw new Error(`The identity issuer answers ${answer.status}`);
    const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number };
    current = { token: access_token, expires: Date.now() + (expires_in - EARLY) * 1000 };
    return access_token;
  };
}
