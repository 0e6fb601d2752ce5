import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Clock } from '#clock';

/** How long requests that have come may take to be answered as usual, before they are hurried. */
const ANSWER_WITHIN_MS = 4_000;
/** How long a connection that is kept alive may stay idle before it is closed without having been told. */
const TELL_WITHIN_MS = 1_000;

/**
 * The public door while a service ends. A connection that is closed at the wrong moment loses a request that was on
 * its way, and its client cannot know whether it counted. So nobody new is let in, which a client notices before it
 * has sent anything; and who is in hears by `connection: close` on the next answer that it is the last one.
 */
export class PublicDoorClosing {
  private readonly unanswered = new Set<ServerResponse>();
  private readonly changes = new Set<() => void>();
  private connections = 0;
  private closing = false;

  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
  ) {
    server.on('connection', (socket) => {
      this.connections++;
      socket.once('close', () => {
        this.connections--;
        this.changed();
      });
    });
    // Before the framework's own listener, which may answer at once.
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.unanswered.add(response);
      if (this.closing) response.shouldKeepAlive = false;
      response.once('close', () => {
        this.unanswered.delete(response);
        this.changed();
      });
    });
  }

  /** Resolves when every connection has been told and is gone, or has had its time. */
  async letGo(): Promise<void> {
    this.closing = true;
    for (const response of this.unanswered) if (!response.headersSent) response.shouldKeepAlive = false;
    // Of `net`, not of `http`: that one would close idle connections at once, a request on its way or not.
    if (this.server.listening) NetServer.prototype.close.call(this.server);
    await this.until(() => this.connections === 0, TELL_WITHIN_MS);
    this.server.closeIdleConnections();
    await this.until(() => this.unanswered.size === 0, ANSWER_WITHIN_MS - TELL_WITHIN_MS);
  }

  /** Resolves when nobody waits for an answer any more. */
  answered(): Promise<void> {
    return this.until(() => this.unanswered.size === 0);
  }

  private changed(): void {
    for (const look of this.changes) look();
  }

  private until(condition: () => boolean, withinMs?: number): Promise<void> {
    if (condition()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = withinMs === undefined ? undefined : this.clock.after(withinMs, resolve);
    const look = (): void => {
      if (condition()) resolve();
    };
    this.changes.add(look);
    return promise.finally(() => {
      timer?.cancel();
      this.changes.delete(look);
    });
  }
}
