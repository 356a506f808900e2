import type { ObjectStorage } from './storage/object-storage.ts';

/** What an object wants to be woken for. */
export type Task = 'watch' | 'start' | 'slice' | 'compact';

/**
 * One alarm over a small queue: a Durable Object has one alarm, and no timers (each would pin it in memory).
 *
 * The queue is durable, so that an object that was evicted knows what it was woken for.
 */
export class Schedule {
  readonly #storage: ObjectStorage;
  readonly #setAlarm: (at: number) => Promise<void>;
  readonly #due = new Map<Task, number>();
  #armed: number | null = null;

  constructor(storage: ObjectStorage, setAlarm: (at: number) => Promise<void>) {
    this.#storage = storage;
    this.#setAlarm = setAlarm;
    storage.exec(`create table if not exists task (name text primary key, due integer not null) without rowid`);
    for (const { name, due } of storage.exec<{ name: Task; due: number }>(`select name, due from task`)) {
      this.#due.set(name, due);
    }
  }

  /** When a task is due, Unix milliseconds; null when it is not planned. */
  due(task: Task): number | null {
    return this.#due.get(task) ?? null;
  }

  /** Plans a task, replacing an earlier plan for it. */
  async plan(task: Task, at: number): Promise<void> {
    if (this.#due.get(task) === at) return;
    this.#due.set(task, at);
    this.#storage.exec(`insert or replace into task values (?, ?)`, task, at);
    await this.#arm();
  }

  /** As {@link plan}, unless the task is due earlier already. */
  async planBy(task: Task, at: number): Promise<void> {
    const due = this.#due.get(task);
    if (due === undefined || due > at) await this.plan(task, at);
  }

  async drop(task: Task): Promise<void> {
    if (!this.#due.delete(task)) return;
    this.#storage.exec(`delete from task where name = ?`, task);
    await this.#arm();
  }

  /** Takes the tasks that are due out of the queue, and arms the alarm for the rest. To be called first in `alarm()`. */
  async take(now: number): Promise<readonly Task[]> {
    this.#armed = null;
    const tasks = [...this.#due].filter(([, due]) => due <= now).map(([task]) => task);
    for (const task of tasks) {
      this.#due.delete(task);
      this.#storage.exec(`delete from task where name = ?`, task);
    }
    await this.#arm();
    return tasks;
  }

  async #arm(): Promise<void> {
    const next = Math.min(...this.#due.values());
    if (next === Infinity || this.#armed === next) return;
    this.#armed = next;
    await this.#setAlarm(next);
  }
}
