import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { onceGone } from './once-gone.js';

/** How long an HTTP server waits for a client. */
export interface ClientLimits {
  /** From a request's first byte, or the connection, to the end of its headers. Below `stallMs`, so that a silent client gets a 408. */
  readonly headersMs: number;
  /** From the same start to the end of its body. */
  readonly requestMs: number;
  /** Without reading a byte of the response. Node checks at this interval, so a client is dropped after one to two times this. */
  readonly stallMs: number;
  /** The interval at which the first two are checked. */
  readonly checkEveryMs: number;
}

export const clientLimits: ClientLimits = { headersMs: 8_000, requestMs: 20_000, stallMs: 10_000, checkEveryMs: 1_000 };

/**
 * Ends connections of clients that stall: incomplete requests (reported as `clientError`) and responses that are not
 * read. A request in progress has no limit. Must be called before the server listens.
 */
export function limitClients(server: Server, limits: ClientLimits = clientLimits, onStalled?: () => void): void {
  const { headersMs, requestMs, stallMs, checkEveryMs } = limits;
  Object.assign(server, {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkEveryMs,
  });
  server.timeout = stallMs;
  const inHand = new WeakMap<Socket, number>();
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    inHand.set(socket, (inHand.get(socket) ?? 0) + 1);
    onceGone(response, () => inHand.set(socket, inHand.get(socket)! - 1));
  });
  // With a listener, Node does not end idle connections itself.
  server.on('timeout', (socket: Socket) => {
    const stalled = socket.writableLength > 0;
    if (stalled) onStalled?.();
    if (stalled || !inHand.get(socket)) socket.destroy();
  });
}
