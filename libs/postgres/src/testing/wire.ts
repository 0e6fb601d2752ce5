import { connect, createServer, type Server, type Socket } from 'node:net';

/** Forward a chunk, drop it, or end the connection. */
type Way = 'pass' | 'drop' | 'sever';

/** A TCP proxy to a server, for network faults. */
export class Wire {
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #port = 0;
  #mute = false;
  /** Called for every chunk of a client or the server. */
  watch: (from: 'client' | 'server', chunk: Buffer) => Way = () => 'pass';

  constructor(target: URL) {
    this.#server = createServer((client) => {
      const server = connect(Number(target.port || 5432), target.hostname);
      const sever = (): void => {
        client.destroy();
        server.destroy();
      };
      for (const [name, from, to] of [
        ['client', client, server],
        ['server', server, client],
      ] as const) {
        this.#ends.add(from);
        from.on('data', (chunk) => {
          const way = this.#mute ? 'drop' : this.watch(name, chunk);
          if (way === 'pass') to.write(chunk);
          else if (way === 'sever') sever();
        });
        from.on('close', () => {
          this.#ends.delete(from);
          to.destroy();
        });
        from.on('error', () => undefined);
      }
    });
  }

  /** @returns the port, the same at every call */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    return (this.#port = (this.#server.address() as { port: number }).port);
  }

  /** Drops all bytes; both ends keep their connections. */
  cut(): void {
    this.#mute = true;
  }

  mend(): void {
    this.#mute = false;
  }

  /** Ends every connection at both ends. */
  sever(): void {
    for (const end of this.#ends) end.destroy();
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.sever();
    await closed;
  }
}
