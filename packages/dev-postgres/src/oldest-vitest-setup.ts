import { serverOf } from './vitest-setup.ts';

export const setup = serverOf('oldest');
