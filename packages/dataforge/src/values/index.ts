export { jsonSchemaOf } from './json-schema.ts';
export { zodSource } from './zod-source.ts';
