export type { ClientSchema } from './engine.ts';
export { serveDatabase } from './serve.ts';
