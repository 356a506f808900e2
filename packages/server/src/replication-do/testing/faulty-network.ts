/// <reference types="node" />
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The two ends of a connection through the network, seen from the client. */
type Direction = 'up' | 'down';

/**
 * A way to a server that can be made bad: black holes that send no reset, cuts, slowness. Point a URL at {@link port}.
 */
export class FaultyNetwork {
  readonly #server: Server;
  readonly #pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  readonly #black = new Set<Direction>();
  /** What has vanished in the black hole is gone, as if it was never acknowledged by the other side's kernel. */
  #swallowed = 0;
  /** Bytes a second downwards; Infinity: as fast as it goes. */
  bytesPerSecond = Infinity;

  readonly port: number;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async to(port: number): Promise<FaultyNetwork> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const network = new FaultyNetwork(server);
    server.on('connection', (client) => {
      network.#join(client, connect({ host: '127.0.0.1', port, noDelay: true }));
    });
    return network;
  }

  /** Bytes that went into the black hole. */
  get swallowed(): number {
    return this.#swallowed;
  }

  /** The same URL by way of this network. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String(this.port);
    return changed.href;
  }

  /** What is sent from here on vanishes, and nobody is told; connections are accepted by nobody in particular. */
  goBlack(...directions: readonly Direction[]): void {
    for (const direction of directions.length > 0 ? directions : (['up', 'down'] as const)) this.#black.add(direction);
  }

  /** New connections work; those that lost bytes never will again. */
  comeBack(): void {
    this.#black.clear();
  }

  /** Resets all connections. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    const pair = { client, server };
    this.#pairs.add(pair);
    this.#carry(client, server, 'up');
    this.#carry(server, client, 'down');
    client.resume();
  }

  /** Once something of a connection was swallowed, the rest of it is too: TCP has no holes. */
  #carry(from: Socket, to: Socket, direction: Direction): void {
    let isBroken = false;
    from.on('data', (bytes: Buffer) => {
      isBroken ||= this.#black.has(direction);
      if (isBroken) this.#swallowed += bytes.length;
      else if (direction === 'up' || this.bytesPerSecond === Infinity) to.write(bytes);
      else {
        from.pause();
        setTimeout(
          () => {
            to.write(bytes);
            from.resume();
          },
          (bytes.length / this.bytesPerSecond) * 1000,
        );
      }
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#pairs.forEach((pair) => {
        if (pair.client === from || pair.server === from) this.#pairs.delete(pair);
      });
      if (!isBroken && !this.#black.has(direction)) to.destroy();
    });
  }
}
