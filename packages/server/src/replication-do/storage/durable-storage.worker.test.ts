/// <reference types="@cloudflare/vitest-plugin/types" />
import { runInDurableObject } from 'cloudflare:test';
import { testEnv } from '../../testing/client.ts';
import { durableStorage } from './durable-storage.ts';
import { describeObjectStorage } from './object-storage.conformance.ts';
import type { ObjectStorage } from './object-storage.ts';

let storage: ObjectStorage | null = null;
describeObjectStorage('storage of a Durable Object', async (test) => {
  const stub = testEnv.REPLICATION.getByName('storage conformance');
  await runInDurableObject(stub, async (_, ctx) => {
    storage ??= durableStorage(ctx.storage);
    await test(storage);
  });
});
