import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { SystemClock } from '#clock';
import { onceGone } from './once-gone.js';

/** How long an HTTP server waits for a client. */
export interface ClientLimits {
  /** From a request's first byte, or the connection, to the end of its headers. Below `stallMs`, so that a silent client gets a 408. */
  readonly headersMs: number;
  /** From the same start to the end of its body. */
  readonly requestMs: number;
  /** Without reading a byte of the response. */
  readonly stallMs: number;
  /** The interval at which the first two are checked. */
  readonly checkEveryMs: number;
}

export const clientLimits: ClientLimits = { headersMs: 8_000, requestMs: 20_000, stallMs: 10_000, checkEveryMs: 1_000 };

/** Checks in a row, one `stallMs / STALL_CHECKS` after the other, that find a client stalled. */
const STALL_CHECKS = 4;
/** Node's own timers run on it. */
const clock = new SystemClock();

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
  const checkMs = stallMs / STALL_CHECKS;
  server.timeout = checkMs;
  const inHand = new WeakMap<Socket, number>();
  const checks = new WeakMap<Socket, { count: number; atMs: number }>();
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    inHand.set(socket, (inHand.get(socket) ?? 0) + 1);
    onceGone(response, () => {
      inHand.set(socket, inHand.get(socket)! - 1);
      checks.delete(socket);
    });
  });
  // With a listener, Node does not end idle connections itself.
  server.on('timeout', (socket: Socket) => {
    const stalled = socket.writableLength > 0;
    if (!stalled && inHand.get(socket)) return void checks.delete(socket);
    // After a pause of the process its timers fire before it reads what arrived meanwhile: a late check proves no stall.
    const nowMs = clock.monotonicMs();
    const { count, atMs } = checks.get(socket) ?? { count: 0, atMs: nowMs };
    const isOnTime = nowMs - atMs < 1.5 * checkMs;
    if (!isOnTime || count + 1 < STALL_CHECKS) {
      checks.set(socket, { count: isOnTime ? count + 1 : 1, atMs: nowMs });
      return void socket.setTimeout(checkMs);
    }
    if (stalled) onStalled?.();
    socket.destroy();
  });
}
