/** Callers that wait for a marker to be in the log. */
export class MarkerWaits<Found> {
  readonly #find: (nonce: string) => Found | null;
  readonly #waiting = new Map<string, PromiseWithResolvers<Found>>();

  constructor(find: (nonce: string) => Found | null) {
    this.#find = find;
  }

  /** @throws {Error} changes stopped flowing meanwhile */
  wait(nonce: string): Promise<Found> {
    const found = this.#find(nonce);
    if (found !== null) return Promise.resolve(found);
    const known = this.#waiting.get(nonce);
    if (known) return known.promise;
    const waiting = Promise.withResolvers<Found>();
    this.#waiting.set(nonce, waiting);
    return waiting.promise;
  }

  /** The log grew. */
  look(): void {
    for (const [nonce, { resolve }] of this.#waiting) {
      const found = this.#find(nonce);
      if (found === null) continue;
      this.#waiting.delete(nonce);
      resolve(found);
    }
  }

  /** Nothing will come for now. */
  giveUp(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('The change stream stopped'));
    this.#waiting.clear();
  }
}
