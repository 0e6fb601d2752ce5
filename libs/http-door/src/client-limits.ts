import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { onceGone } from './once-gone.js';

/** How long an HTTP server waits for a client. */
export interface ClientLimits {
  /** From a request's first byte, or from the connection, to the end of its headers. Shorter than `stallMs`, or a silent client would hear nothing. */
  readonly headersMs: number;
  /** From there to the end of its body, headers included. */
  readonly requestMs: number;
  /** Without taking a byte of the answer. Node looks when it is over: a client is dropped after once or twice this long. */
  readonly stallMs: number;
  /** How often the first two are looked at. */
  readonly checkEveryMs: number;
}

export const clientLimits: ClientLimits = { headersMs: 8_000, requestMs: 20_000, stallMs: 10_000, checkEveryMs: 1_000 };

/**
 * Ends connections whose client does not go on: half a request, which Node reports as `clientError`, and answers that
 * are not read, whose bytes would stay in memory. A request that is being worked on may take as long as it needs.
 *
 * Must be called before the server listens.
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
  // With a listener, Node leaves it to us to end what is idle.
  server.on('timeout', (socket: Socket) => {
    const stalled = socket.writableLength > 0;
    if (stalled) onStalled?.();
    if (stalled || !inHand.get(socket)) socket.destroy();
  });
}
