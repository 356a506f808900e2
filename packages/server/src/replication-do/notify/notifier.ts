import type { ScopeKey } from '@vibestack/sync-types';
import type { Subscribers } from './subscribers.ts';

/** Tells a group that the log grew. */
export type Notify = (group: string) => Promise<void>;

/**
 * Tells the groups that listen. A notification is a hint, and a group reads the log from its own mark: so while one is
 * on its way to a group, all that come after it are one.
 */
export class Notifier {
  readonly #subscribers: Subscribers;
  readonly #notify: Notify;
  readonly #failed: (group: string, error: unknown) => void;
  readonly #underWay = new Map<string, { again: boolean }>();

  constructor(subscribers: Subscribers, notify: Notify, failed: (group: string, error: unknown) => void) {
    this.#subscribers = subscribers;
    this.#notify = notify;
    this.#failed = failed;
  }

  /** Returns at once. */
  tell(touched: ReadonlySet<ScopeKey>): void {
    for (const group of this.#subscribers.groupsOf(touched)) {
      const running = this.#underWay.get(group);
      if (running) running.again = true;
      else void this.#run(group);
    }
  }

  async #run(group: string): Promise<void> {
    const state = { again: true };
    this.#underWay.set(group, state);
    while (state.again) {
      state.again = false;
      try {
        await this.#notify(group);
      } catch (error) {
        this.#failed(group, error); // whoever missed it reads the log at the next one, or when it reconnects
      }
    }
    this.#underWay.delete(group);
  }
}
