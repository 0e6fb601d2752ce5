import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Asked } from '#checker';
import type { Exchange, History } from './history.js';
import { sendRaw } from './raw-exchange.js';

/** Something a merchant asks for; asked again, it is the same key and the same parameters. */
export interface Order {
  readonly story: string;
  readonly asked: Asked;
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly key: string;
  /** The charge that it is about, when it is about one. */
  readonly chargeId?: string;
}

export interface Surroundings {
  readonly apis: readonly string[];
  readonly dispatcher: Dispatcher;
  readonly history: History;
  readonly elapsedMs: () => number;
  /** When it aborts, nobody asks again: what is unknown stays so. */
  readonly givingUp: AbortSignal;
}

const ANSWER_WITHIN_MS = 30_000;
/** A refusal to work on it right now, or none at all: neither of them is kept under the key. */
const isForNow = ({ status }: Exchange): boolean =>
  status === undefined || status >= 500 || status === 409 || status === 429;

/** One account of one merchant: raw HTTP, so that every request on the wire is in the history, and no other. */
export class Merchant {
  constructor(
    readonly apiKey: string,
    private readonly world: Surroundings,
  ) {}

  newKey(): string {
    return randomUUID();
  }

  /** One request. `hangUpAfterMs`: the client leaves so long after it has sent everything. */
  async ask(order: Order, options: { at?: number; hangUpAfterMs?: number } = {}): Promise<Exchange> {
    return this.#exchange({
      ...options,
      story: order.story,
      asked: order.asked,
      method: 'POST',
      path: order.path,
      key: order.key,
      body: new URLSearchParams(order.form).toString(),
      ...(order.chargeId !== undefined && { chargeId: order.chargeId }),
      ...(order.form.amount !== undefined && { amountMinor: Number(order.form.amount) }),
    });
  }

  /** As a careful client does it: under the same key, until it is told something that lasts. The last answer otherwise. */
  async askUntilAnswered(order: Order, options: { at?: number } = {}): Promise<Exchange> {
    for (let attempt = 0; ; attempt++) {
      const told = await this.ask(order, { at: (options.at ?? 0) + attempt });
      if (!isForNow(told)) return told;
      const backoffMs = Math.min(200 * 2 ** Math.min(attempt, 4), 2_000) * (0.5 + Math.random() / 2);
      const waited = await sleep(backoffMs, true, { signal: this.world.givingUp }).catch(() => false);
      if (!waited) return told;
    }
  }

  async read(path: string, options: { at?: number; story?: string; chargeId?: string } = {}): Promise<Exchange> {
    const { at = 0, story = 'reads', chargeId } = options;
    return this.#exchange({ story, asked: 'read', method: 'GET', path, key: '', at, ...(chargeId && { chargeId }) });
  }

  /** Anything at all. */
  async hostile(request: { method: string; path: string; headers?: Record<string, string>; body?: string }) {
    return this.#exchange({ ...request, story: 'hostile input', asked: 'hostile', key: this.newKey() });
  }

  /** Anything that is not even a request. */
  async malformed({ bytes, leaves = false }: { bytes: string; leaves?: boolean }, { at = 0 } = {}): Promise<Exchange> {
    const { apis, history, elapsedMs } = this.world;
    const number = history.nextNumber();
    const sentMs = elapsedMs();
    const status = await sendRaw(apis[at % apis.length]!, bytes, leaves);
    const exchange: Exchange = {
      number,
      story: 'malformed input',
      asked: 'hostile',
      account: this.apiKey,
      key: '',
      at: instanceAt(at, apis),
      sentMs,
      endedMs: elapsedMs(),
      kind: status === undefined || status >= 500 ? 'info' : status < 300 ? 'ok' : 'fail',
      ...(status !== undefined && { status }),
    };
    history.add(exchange);
    return exchange;
  }

  async #exchange(request: {
    story: string;
    asked: Exchange['asked'];
    method: string;
    path: string;
    key: string;
    body?: string;
    headers?: Record<string, string>;
    chargeId?: string;
    amountMinor?: number;
    at?: number;
    hangUpAfterMs?: number;
  }): Promise<Exchange> {
    const { apis, dispatcher, history, elapsedMs } = this.world;
    const { story, asked, method, path, key, body, headers, chargeId, amountMinor, at = 0, hangUpAfterMs } = request;
    const origin = apis[at % apis.length]!;
    const about = {
      number: history.nextNumber(),
      story,
      asked,
      account: this.apiKey,
      key,
      at: instanceAt(at, apis),
      ...(amountMinor !== undefined && { amountMinor }),
    };
    const sentMs = elapsedMs();
    const signals = [AbortSignal.timeout(ANSWER_WITHIN_MS)];
    if (hangUpAfterMs !== undefined) signals.push(AbortSignal.timeout(hangUpAfterMs));
    const exchange = await dispatcher
      .request({
        origin,
        path,
        method,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(key && { 'idempotency-key': key }),
          ...headers,
        },
        body: body ?? null,
        signal: AbortSignal.any(signals),
      })
      .then(async (answer): Promise<Exchange> => {
        const text = await answer.body.text();
        const status = answer.statusCode;
        const named = chargeId ?? chargeNamedIn(text);
        return {
          ...about,
          sentMs,
          endedMs: elapsedMs(),
          kind: status >= 500 ? 'info' : status === 200 ? 'ok' : 'fail',
          status,
          body: text,
          ...(named !== undefined && { chargeId: named }),
          ...(answer.headers['idempotent-replayed'] === 'true' && { replayed: true as const }),
        };
      })
      .catch((): Exchange => ({
        ...about,
        sentMs,
        endedMs: elapsedMs(),
        kind: 'info',
        ...(chargeId !== undefined && { chargeId }),
        ...(hangUpAfterMs !== undefined && { hungUp: true as const }),
      }));
    history.add(exchange);
    return exchange;
  }
}

const instanceAt = (at: number, apis: readonly string[]): string =>
  `payments-api${at % apis.length === 0 ? '' : `-${(at % apis.length) + 1}`}`;

interface Said {
  readonly id?: string;
  readonly object?: string;
  readonly charge?: string;
  readonly status?: string;
  readonly captured?: boolean;
  readonly error?: { readonly charge?: string; readonly code?: string };
}

/** The fields of an answer that stories look at. */
export function saidIn({ body }: Pick<Exchange, 'body'>): Said {
  try {
    return JSON.parse(body ?? '{}') as Said;
  } catch {
    return {};
  }
}

function chargeNamedIn(body: string): string | undefined {
  const { id, object, charge, error } = saidIn({ body });
  return object === 'charge' ? id : (charge ?? error?.charge);
}
