import { neonConfig } from '@neondatabase/serverless';
import { afterAll, beforeAll } from 'vitest';
import { WebSocket } from 'ws';
import { startNeonProxy, type NeonProxy } from '../../sql/testing/neon-proxy.ts';

/** Has Neon's driver reach the test server for as long as the suite runs. */
export function reachNeonByProxy(): void {
  let proxy: NeonProxy;

  beforeAll(async () => {
    proxy = await startNeonProxy();
    neonConfig.fetchEndpoint = proxy.fetchEndpoint;
    neonConfig.wsProxy = (host, port) => proxy.wsProxy(host, port);
    neonConfig.webSocketConstructor = WebSocket;
    neonConfig.useSecureWebSocket = false;
    neonConfig.pipelineConnect = false;
    neonConfig.pipelineTLS = false;
  });

  afterAll(async () => {
    await proxy.close();
  });
}
