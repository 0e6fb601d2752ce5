import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a wire does with some bytes that have come from one end. */
type Way = 'pass' | 'drop' | 'sever';

/** A wire to a server, with everything that may befall a wire. */
export class Wire {
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #port = 0;
  #mute = false;
  /** Looks at all that a client or the server says. */
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

  /** @returns the port; the same one at every call */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    return (this.#port = (this.#server.address() as { port: number }).port);
  }

  /** Bytes stop; neither end notices. */
  cut(): void {
    this.#mute = true;
  }

  mend(): void {
    this.#mute = false;
  }

  /** Every connection ends, for both ends to see. */
  sever(): void {
    for (const end of this.#ends) end.destroy();
  }

  /** Every connection ends, and there is nobody to connect to. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.sever();
    await closed;
  }
}
