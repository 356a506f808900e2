export { adopt } from './adopt.ts';
export { migrate } from './apply.ts';
export { createMigrations, dueSteps, planPending, type Pending } from './create.ts';
export { writeLock } from './history.ts';
export { readStatus } from './status.ts';
