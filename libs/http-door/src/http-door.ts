import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Clock } from '#clock';
import { clientLimits, limitClients, type ClientLimits } from './client-limits.js';
import { onceGone } from './once-gone.js';

/** The time for normal responses to complete requests, before they are hurried. */
const ANSWER_WITHIN_MS = 4_000;
/** After this an idle keep-alive connection is closed without `connection: close`. */
const TELL_WITHIN_MS = 1_000;
/** The time for responses to hurried requests, including reading them. */
const HURRY_WITHIN_MS = 1_000;
/** The time for a refused client to read the response. Its further bytes are discarded. */
const LINGER_MS = 1_000;

/** The status of a response before any route or framework sees a request. */
export type RefusalStatus = 400 | 404 | 408 | 413 | 417 | 431 | 503;

/** `method` and `url` if they were read. */
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
 * Wraps an HTTP server: renders the service's errors for broken HTTP, ends stalled connections, and drains without losing
 * a request: no new connections, and `connection: close` on the next response of open ones (README).
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
    // Before the framework's listener, which may respond at once.
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.latest.set(request.socket, response);
      this.unanswered.add(response);
      if (this.closing) response.shouldKeepAlive = false;
      onceGone(response, () => {
        this.unanswered.delete(response);
        this.changed();
      });
    });
    // The framework's listener would send its own error body.
    server.removeAllListeners('clientError');
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.refuse(socket as Socket, statusOf(error)));
    server.on('connect', (request, socket) => this.refuse(socket as Socket, 404, request));
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      options.onRefused?.(417);
      const { headers, body } = options.render(417, request);
      response.writeHead(417, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
    });
  }

  /** Stops accepting. Resolves when every connection has closed, or its time is over. */
  async letGo(): Promise<void> {
    this.closing = true;
    for (const response of this.unanswered) if (!response.headersSent) response.shouldKeepAlive = false;
    // net's `close`: http's closes idle connections at once, and may lose a request in transit.
    if (this.server.listening) NetServer.prototype.close.call(this.server);
    await this.until(() => this.sockets.size === 0, TELL_WITHIN_MS);
    this.server.closeIdleConnections();
    for (const socket of this.sockets) if (!this.holdsRequestOf(socket)) this.refuse(socket, 503);
    await this.until(() => this.unanswered.size === 0, ANSWER_WITHIN_MS - TELL_WITHIN_MS);
  }

  /** Waits for pending responses, then closes every connection. */
  async end(): Promise<void> {
    await this.until(() => this.unanswered.size === 0, HURRY_WITHIN_MS);
    for (const socket of this.sockets) socket.destroy();
  }

  /** Responds on the raw connection and ends it. Silent behind a pending request, whose client would take it for its response. */
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
    // Closing with unread input would reset the connection and lose the response.
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
