import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ByteFlow } from './flow.js';

/** The current condition of a link. */
export type LinkCondition =
  | { readonly kind: 'open' }
  /** Connections are reset, new ones refused. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** An asymmetric partition, as behind a router that lost one route. Held bytes arrive when the link is opened again. */
  | { readonly kind: 'one_way'; readonly held: 'requests' | 'answers' };

/** A TCP proxy on loopback in front of one address. It can cut, delay, or hold one direction of its connections. */
export class TcpLink {
  #condition: LinkCondition = { kind: 'open' };
  readonly #flows = new Set<ByteFlow>();
  /** Address to which connections are forwarded. Set it before the first connection. */
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

  /** Delay of bytes in that direction. Undefined while they are held. */
  #pace(direction: 'requests' | 'answers'): number | undefined {
    const condition = this.#condition;
    if (condition.kind === 'one_way' && condition.held === direction) return undefined;
    return condition.kind === 'delay' ? condition.delayMs : 0;
  }
}
