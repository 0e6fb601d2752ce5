import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Clock } from '#clock';
import { clientLimits, limitClients, type ClientLimits } from './client-limits.js';
import { onceGone } from './once-gone.js';

/** How long requests that have come may take to be answered as usual, before they are hurried. */
const ANSWER_WITHIN_MS = 4_000;
/** How long a connection that is kept alive may stay idle before it is closed without having been told. */
const TELL_WITHIN_MS = 1_000;
/** How long hurried requests may take to be answered, and their clients to read the answer. */
const HURRY_WITHIN_MS = 1_000;
/** How long a refused client may take to read why; what it still sends meanwhile is discarded. */
const LINGER_MS = 1_000;

/** What a server answers before any route, or any framework, sees a request. */
export type RefusalStatus = 400 | 404 | 408 | 413 | 417 | 431 | 503;

/** `method` and `url` as far as they were read. */
export type RenderRefusal = (
  status: RefusalStatus,
  request: { readonly method?: string | undefined; readonly url?: string | undefined },
) => { readonly headers: Readonly<Record<string, string>>; readonly body: string };

export interface HttpDoorOptions {
  readonly limits?: ClientLimits;
  readonly render: RenderRefusal;
  readonly onRefused?: (status: RefusalStatus) => void;
  readonly onStalled?: () => void;
}

/**
 * What stands around an HTTP server: it refuses, in the service's own words, what never becomes a request; it ends
 * connections whose client does not go on; and it closes without losing a request.
 *
 * A connection that is closed at the wrong moment loses a request that was on its way, and its client cannot know
 * whether it counted. So a closing door lets nobody new in, which a client notices before it has sent anything; and who
 * is in hand hears by `connection: close` on the next answer that it is the last one. A request whose body has not
 * arrived has had no effect, and does not hold the door open.
 */
export class HttpDoor {
  private readonly sockets = new Set<Socket>();
  private readonly unanswered = new Set<ServerResponse>();
  /** The response to the last request whose headers have arrived. */
  private readonly latest = new WeakMap<Socket, ServerResponse>();
  private readonly refused = new WeakSet<Socket>();
  private readonly changes = new Set<() => void>();
  private closing = false;

  /** Must be made before the server listens. */
  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
    private readonly options: HttpDoorOptions,
  ) {
    limitClients(server, options.limits ?? clientLimits, options.onStalled);
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => {
        this.sockets.delete(socket);
        this.changed();
      });
    });
    // Before the framework's own listener, which may answer at once.
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.latest.set(request.socket, response);
      this.unanswered.add(response);
      if (this.closing) response.shouldKeepAlive = false;
      onceGone(response, () => {
        this.unanswered.delete(response);
        this.changed();
      });
    });
    // A framework's own listener would answer in other words.
    server.removeAllListeners('clientError');
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.refuse(socket as Socket, statusOf(error)));
    server.on('connect', (request, socket) => this.refuse(socket as Socket, 404, request));
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      options.onRefused?.(417);
      const { headers, body } = options.render(417, request);
      response.writeHead(417, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
    });
  }

  /** Resolves when every connection has been told and is gone, or has had its time. */
  async letGo(): Promise<void> {
    this.closing = true;
    for (const response of this.unanswered) if (!response.headersSent) response.shouldKeepAlive = false;
    // Of `net`, not of `http`: that one would close idle connections at once, a request on its way or not.
    if (this.server.listening) NetServer.prototype.close.call(this.server);
    await this.until(() => this.sockets.size === 0, TELL_WITHIN_MS);
    this.server.closeIdleConnections();
    for (const socket of this.sockets) if (!this.holdsRequestOf(socket)) this.refuse(socket, 503);
    await this.until(() => this.unanswered.size === 0, ANSWER_WITHIN_MS - TELL_WITHIN_MS);
  }

  /** Resolves when no client waits for an answer any more; then every connection is closed. */
  async end(): Promise<void> {
    await this.until(() => this.unanswered.size === 0, HURRY_WITHIN_MS);
    for (const socket of this.sockets) socket.destroy();
  }

  /**
   * Answers on the bare connection, and ends it. Whole requests that came before on the same connection are answered
   * first, and then nothing else is said: a client would take it for the answer to one of them.
   */
  private refuse(socket: Socket, status: RefusalStatus, request: Pick<IncomingMessage, 'method' | 'url'> = {}): void {
    if (this.refused.has(socket)) return;
    this.refused.add(socket);
    if (socket.destroyed || !socket.writable) return void socket.destroy();
    this.options.onRefused?.(status);
    const inHand = [...this.unanswered].findLast((response) => isWhole(response, socket));
    if (inHand) return onceGone(inHand, () => socket.destroySoon());
    const latest = this.latest.get(socket);
    const unfinished = latest && !latest.req.complete ? latest : undefined;
    if (unfinished?.headersSent) return void socket.destroy();
    const { headers, body } = this.options.render(status, unfinished?.req ?? request);
    const lines = Object.entries({
      ...headers,
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
    // Closed at once, with something unread, the connection would be reset, and the answer lost with it.
    socket.resume();
    const timer = this.clock.after(LINGER_MS, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  }

  private holdsRequestOf(socket: Socket): boolean {
    return [...this.unanswered].some((response) => isWhole(response, socket));
  }

  private changed(): void {
    for (const look of this.changes) look();
  }

  private until(condition: () => boolean, withinMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.clock.after(withinMs, resolve);
    const look = (): void => {
      if (condition()) resolve();
    };
    this.changes.add(look);
    return promise.finally(() => {
      timer.cancel();
      this.changes.delete(look);
    });
  }
}

function isWhole({ req }: ServerResponse, socket: Socket): boolean {
  return req.socket === socket && req.complete;
}

function statusOf({ code }: NodeJS.ErrnoException): RefusalStatus {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW' ? 413 : 400;
}
