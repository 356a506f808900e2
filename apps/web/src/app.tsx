import { createClient, type VibeStackClient } from '@vibestack/client';
import { VibeStackProvider } from '@vibestack/client/react';
import { useState } from 'react';
import { rememberPerson, rememberedPerson, tokenSource, type Person } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { Workspace } from './workspace.tsx';

interface Session {
  readonly person: Person;
  readonly client: VibeStackClient;
}

const open = (person: Person): Session => ({
  person,
  client: createClient({
    app: 'tracker',
    userId: person.id,
    url: location.origin,
    worker: () => new Worker(new URL('./database.worker.ts', import.meta.url), { type: 'module' }),
    getToken: tokenSource(person.id),
  }),
});

function openRemembered(): Session | null {
  const person = rememberedPerson();
  return person && open(person);
}

// Outside of React: there is one database a page, however often components mount.
const remembered = openRemembered();

export function App() {
  const [session, setSession] = useState<Session | null>(remembered);
  if (!session) {
    return (
      <SignIn
        onSignIn={(person) => {
          rememberPerson(person);
          setSession(open(person));
        }}
      />
    );
  }
  return (
    <VibeStackProvider client={session.client}>
      <Workspace
        person={session.person}
        onSignOut={() => {
          rememberPerson(null);
          void session.client.close();
          setSession(null);
        }}
      />
    </VibeStackProvider>
  );
}
