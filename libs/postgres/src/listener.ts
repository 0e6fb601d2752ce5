import assert from 'node:assert/strict';
import { Client, type ClientConfig } from 'pg';
import { fullJitterMs, type Clock } from '#clock';

/** A connection that LISTENs, and reconnects after every loss. */
export class Listener {
  readonly #closing = new AbortController();
  #client: Client | undefined;
  #reconnecting: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: ClientConfig,
    private readonly channel: string,
    private readonly onNotify: () => void,
    private readonly clock: Clock,
  ) {
    assert(/^[a-z_]+$/.test(channel), `not a plain channel name: ${channel}`);
  }

  /** Rejects when the first connection fails. Later losses are retried without limit. */
  async start(): Promise<void> {
    const client = new Client(this.config);
    client.on('error', () => undefined);
    client.on('notification', () => this.onNotify());
    try {
      await client.connect();
      await client.query(`LISTEN ${this.channel}`);
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    if (this.#closing.signal.aborted) {
      await client.end();
      return;
    }
    this.#client = client;
    client.once('end', () => {
      if (!this.#closing.signal.aborted) this.#reconnecting = this.#reconnect();
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reconnecting;
    await this.#client?.end();
  }

  async #reconnect(): Promise<void> {
    const { clock } = this;
    for (let attempt = 1; !this.#closing.signal.aborted; attempt++) {
      try {
        await this.start();
      } catch {
        // Retry every error: a listener has no caller to reject to.
        const delayMs = fullJitterMs(attempt, { baseMs: 100, capMs: 2_000 }, () => clock.random());
        await clock.sleep(delayMs, this.#closing.signal).catch(() => undefined);
        continue;
      }
      if (!this.#closing.signal.aborted) this.onNotify();
      return;
    }
  }
}
