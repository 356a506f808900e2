import { useEffect, useState } from 'react';
import { Avatar } from './avatar.tsx';
import { fetchPeople, type Person } from './session.ts';

export function SignIn({ onSignIn }: { readonly onSignIn: (person: Person) => void }) {
  const [people, setPeople] = useState<readonly Person[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    fetchPeople().then(setPeople, (reason: unknown) => {
      setError(reason instanceof Error ? reason.message : String(reason));
    });
  }, []);
  return (
    <main className="sign-in">
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>Who are you today?</h1>
      <p>Each person has a database of their own in this browser. Open a second browser to meet somebody else.</p>
      {error !== null && <p role="alert">Nobody can sign in right now: {error}</p>}
      <ul>
        {people?.map((person) => (
          <li key={person.id}>
            <button
              type="button"
              onClick={() => {
                onSignIn(person);
              }}
            >
              <Avatar name={person.name} color={person.color} />
              <span>{person.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
