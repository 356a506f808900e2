/** Seconds over which a rate is taken. */
const WINDOW = 10;

/** Counts, and how many a second of late. */
export class Rate {
  #total = 0;
  readonly #seconds = new Map<number, number>();

  get total(): number {
    return this.#total;
  }

  add(count: number, now: number): void {
    this.#total += count;
    const second = Math.floor(now / 1000);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + count);
    for (const old of this.#seconds.keys()) if (old <= second - WINDOW) this.#seconds.delete(old);
  }

  perSecond(now: number): number {
    const second = Math.floor(now / 1000);
    let sum = 0;
    for (const [at, count] of this.#seconds) if (at > second - WINDOW) sum += count;
    return sum / WINDOW;
  }
}
