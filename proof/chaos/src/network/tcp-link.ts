import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ByteFlow } from './flow.js';

/** How a link is right now. */
export type LinkCondition =
  | { readonly kind: 'open' }
  /** Connections are reset, new ones refused. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** As behind a router that lost one of its routes: what is held arrives once the link is open again, however late. */
  | { readonly kind: 'one-way'; readonly held: 'requests' | 'answers' };

/** A TCP proxy on loopback in front of one address, whose bytes can be cut off, delayed, or stopped in one direction. */
export class TcpLink {
  #condition: LinkCondition = { kind: 'open' };
  readonly #flows = new Set<ByteFlow>();
  /** Where connections go on to; set before the first one comes. */
  target = { host: '127.0.0.1', port: 0 };

  private constructor(
    private server: Server,
    readonly port: number,
  ) {}

  static async open(): Promise<TcpLink> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = new TcpLink(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => link.#join(client));
    return link;
  }

  async impose(condition: LinkCondition): Promise<void> {
    const wasCut = this.#condition.kind === 'cut';
    this.#condition = condition;
    if (condition.kind === 'cut') {
      if (!wasCut) this.server.close();
      for (const flow of this.#flows) flow.reset();
      return;
    }
    if (wasCut) await this.#listenAgain();
    for (const flow of this.#flows) flow.pump();
  }

  async close(): Promise<void> {
    await this.impose({ kind: 'cut' });
  }

  async #listenAgain(): Promise<void> {
    this.server = createServer((client) => this.#join(client));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  #join(client: Socket): void {
    const upstream = connect({ ...this.target, noDelay: true });
    client.setNoDelay(true);
    const requests = new ByteFlow(client, upstream, () => this.#pace('requests'));
    const answers = new ByteFlow(upstream, client, () => this.#pace('answers'));
    for (const flow of [requests, answers]) {
      this.#flows.add(flow);
      void flow.ended.then(() => this.#flows.delete(flow));
    }
  }

  /** How long bytes of that direction are kept; undefined: until further notice. */
  #pace(direction: 'requests' | 'answers'): number | undefined {
    const condition = this.#condition;
    if (condition.kind === 'one-way' && condition.held === direction) return undefined;
    return condition.kind === 'delay' ? condition.delayMs : 0;
  }
}
