import { inject } from 'vitest';
import { describeChangeSource } from './change-source.conformance.ts';
import { reachNeonByProxy } from './testing/neon.ts';
import { sourcesOf } from './testing/sources.ts';

reachNeonByProxy();
for (const kind of sourcesOf(inject('postgresRelease'))) describeChangeSource(kind);
