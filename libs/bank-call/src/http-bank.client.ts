import assert from 'node:assert';
import { Pool } from 'undici';
import type { Clock } from '#clock';
import { bankProtocol } from '#contracts';
import type { BankPort, SendOptions, WireResult } from './bank-port.js';
import { HttpDispatchHandler } from './http-dispatch-handler.client.js';

export interface HttpBankClientOptions {
  banks: readonly { name: bankProtocol.BankName; url: string }[];
  /** The name of this process in the bank's journal. */
  instanceId: string;
  clock: Clock;
  /** Connections per bank. At least as many as calls in flight, or undici would queue requests. */
  connections?: number;
}

const names = bankProtocol.headers;
const connectTimeoutMs = 1_000;
const maxResponseBytes = 4 * 1024 * 1024;

/** The bank port over HTTP/1.1: a keep-alive pool per bank, without pipelining. */
export class HttpBankClient implements BankPort {
  readonly #pools: ReadonlyMap<bankProtocol.BankName, Pool>;
  readonly #clock: Clock;
  readonly #instanceId: string;

  constructor({ banks, instanceId, clock, connections = 96 }: HttpBankClientOptions) {
    this.#clock = clock;
    this.#instanceId = instanceId;
    this.#pools = new Map(
      banks.map(({ name, url }) => [
        name,
        new Pool(url, {
          connections,
          pipelining: 1,
          allowH2: false,
          connect: { timeout: connectTimeoutMs },
          // Only the attempt's time-out, on the clock port, may end a request.
          headersTimeout: 0,
          bodyTimeout: 0,
          maxResponseSize: maxResponseBytes,
        }),
      ]),
    );
  }

  send(bank: bankProtocol.BankName, request: bankProtocol.BankRequest, options: SendOptions): Promise<WireResult> {
    const pool = this.#pools.get(bank);
    assert(pool, `no such bank: ${bank}`);
    const { method, path, body } = bankProtocol.wireOf(request);
    const headers: Record<string, string> = {
      [names.instanceId]: this.#instanceId,
      [names.attemptId]: options.attemptId,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(options.traceparent !== undefined && { [names.traceparent]: options.traceparent }),
    };
    return new Promise((resolve) => {
      const exchange = new HttpDispatchHandler(options, this.#clock, resolve);
      const json = body === undefined ? null : JSON.stringify(body);
      pool.dispatch({ method, path, headers, body: json }, exchange);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }
}
