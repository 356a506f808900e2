import { createContext, useContext, type ReactNode } from 'react';
import type { VibeStackClient } from '../client.ts';

const Context = createContext<VibeStackClient | null>(null);

/** Gives the hooks below it their client. */
export function VibeStackProvider({
  client,
  children,
}: {
  readonly client: VibeStackClient;
  readonly children: ReactNode;
}) {
  return <Context value={client}>{children}</Context>;
}

/** @throws {Error} used outside a `VibeStackProvider` */
export function useClient(): VibeStackClient {
  const client = useContext(Context);
  if (client) return client;
  throw new Error('VibeStack hooks need a <VibeStackProvider client={…}> above them.');
}
