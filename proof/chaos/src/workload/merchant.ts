import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { answerBody } from '#checker';
import type { SeededChoices } from '../seeded-choices.js';
import type { RecordedExchange } from './exchange.js';
import type { History } from './history.js';
import { sendRaw } from './raw-exchange.js';
import type { MalformedRequest, UnreadableHttp } from './unreadable-requests.js';

/** A request of a merchant. A retry has the same idempotency key and parameters. */
export interface MerchantRequest {
  readonly story: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Idempotency key. Absent for reads. */
  readonly key?: string;
  readonly forbidden?: RecordedExchange['forbidden'];
}

export interface MerchantEnvironment {
  readonly apis: readonly string[];
  readonly dispatcher: Dispatcher;
  readonly history: History;
  /** Unix ms without clock steps, comparable with the services' times. */
  readonly nowMs: () => number;
  /** After it aborts no client retries, and unanswered requests stay unknown. */
  readonly givingUp: AbortSignal;
}

/** Times of a request, and its answer if there was one. */
interface TimedAnswer {
  readonly sentMs: number;
  readonly endedMs: number;
  readonly answer?: { readonly status: number; readonly body: string; readonly replayed: boolean };
}

interface AskOptions {
  /** Number of the instance. */
  readonly at?: number;
  /** The client disconnects this long after it has sent the request. */
  readonly hangUpAfterMs?: number;
}

const ANSWER_WITHIN_MS = 30_000;

/** A temporary refusal, or no answer. Neither is stored under the key, so the client retries. */
function isTemporary(exchange: RecordedExchange): boolean {
  const status = exchange.answer?.status;
  if (status === undefined || status >= 500 || status === 409 || status === 429) return true;
  return status === 400 && answerBody(exchange).error?.message?.includes('Try again in a moment') === true;
}

/** One merchant account. It sends raw HTTP, so the history has every request on the wire and no other. */
export class Merchant {
  constructor(
    readonly account: string,
    private readonly apiKey: string,
    private readonly world: MerchantEnvironment,
  ) {}

  newKey(): string {
    return randomUUID();
  }

  /** Unix ms. */
  get nowMs(): number {
    return this.world.nowMs();
  }

  /** Sends one request, without retries. */
  async ask(order: MerchantRequest, options: AskOptions = {}): Promise<RecordedExchange> {
    const { at = 0, hangUpAfterMs } = options;
    const { story, method, path, parameters, key, forbidden } = order;
    const encoded = new URLSearchParams(parameters).toString();
    const inQuery = method !== 'POST' && encoded !== '';
    const number = this.world.history.nextNumber();
    const result = await this.#send(
      {
        method,
        path: inQuery ? `${path}?${encoded}` : path,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        body: method === 'POST' ? encoded : null,
      },
      options,
    );
    const exchange: RecordedExchange = {
      number,
      story,
      at: instanceAt(at, this.world.apis),
      account: this.account,
      ...(key !== undefined && { key }),
      method,
      path,
      parameters,
      ...result,
      ...(hangUpAfterMs !== undefined && result.answer === undefined && { hungUp: true as const }),
      ...(forbidden !== undefined && { forbidden }),
    };
    this.world.history.add(exchange);
    return exchange;
  }

  /**
   * Retries under the same key with exponential backoff and jitter until the answer is final, or until `givingUp`.
   *
   * @param dice random choices of the client, for the jitter
   * @returns the final answer, or the last one
   */
  async askUntilAnswered(
    order: MerchantRequest,
    dice: SeededChoices,
    options: { at?: number } = {},
  ): Promise<RecordedExchange> {
    for (let attempt = 0; ; attempt++) {
      const exchange = await this.ask(order, { at: (options.at ?? 0) + attempt });
      if (!isTemporary(exchange)) return exchange;
      const backoffMs = Math.min(200 * 2 ** Math.min(attempt, 4), 2_000) * (0.5 + dice.share() / 2);
      const waited = await sleep(backoffMs, true, { signal: this.world.givingUp }).catch(() => false);
      if (!waited) return exchange;
    }
  }

  async read(
    path: string,
    options: {
      at?: number;
      story?: string;
      parameters?: MerchantRequest['parameters'];
      forbidden?: RecordedExchange['forbidden'];
    } = {},
  ): Promise<RecordedExchange> {
    const { at = 0, story = 'reads', parameters = {}, forbidden } = options;
    return this.ask({ story, method: 'GET', path, parameters, ...(forbidden && { forbidden }) }, { at });
  }

  /** Sends valid HTTP with an unusual body or headers. */
  async sendUnreadable(request: UnreadableHttp, { at = 0 } = {}): Promise<void> {
    const number = this.world.history.nextNumber();
    const { method, path, headers, body } = request;
    const heard = await this.#send(
      {
        method,
        path,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          'content-type': 'application/x-www-form-urlencoded',
          'idempotency-key': this.newKey(),
          ...headers,
        },
        body,
      },
      { at },
    );
    this.#addUnreadable(number, at, `${method} ${path} ${body}`, heard);
  }

  /** Sends bytes that are no valid HTTP. */
  async sendMalformed({ bytes, leaves }: MalformedRequest, { at = 0 } = {}): Promise<void> {
    const { apis, history, nowMs } = this.world;
    const number = history.nextNumber();
    const sentMs = nowMs();
    const status = await sendRaw(apis[at % apis.length]!, bytes, leaves === true);
    const answer = status === undefined ? {} : { answer: { status, body: '', replayed: false } };
    this.#addUnreadable(number, at, bytes, { sentMs, endedMs: nowMs(), ...answer });
  }

  #addUnreadable(number: number, at: number, sent: string, { sentMs, endedMs, answer }: TimedAnswer): void {
    this.world.history.addUnreadable({
      number,
      story: 'unreadable input',
      at: instanceAt(at, this.world.apis),
      sent: sent.slice(0, 120),
      sentMs,
      endedMs,
      ...(answer && { status: answer.status, body: answer.body }),
    });
  }

  async #send(
    request: { method: MerchantRequest['method']; path: string; headers: Record<string, string>; body: string | null },
    { at = 0, hangUpAfterMs }: AskOptions,
  ): Promise<TimedAnswer> {
    const { apis, dispatcher, nowMs } = this.world;
    const signals = [AbortSignal.timeout(ANSWER_WITHIN_MS)];
    if (hangUpAfterMs !== undefined) signals.push(AbortSignal.timeout(hangUpAfterMs));
    const sentMs = nowMs();
    try {
      const origin = apis[at % apis.length]!;
      const answer = await dispatcher.request({ origin, ...request, signal: AbortSignal.any(signals) });
      const body = await answer.body.text();
      const replayed = answer.headers['idempotent-replayed'] === 'true';
      return { sentMs, endedMs: nowMs(), answer: { status: answer.statusCode, body, replayed } };
    } catch {
      return { sentMs, endedMs: nowMs() };
    }
  }
}

const instanceAt = (at: number, apis: readonly string[]): string =>
  `payments-api${at % apis.length === 0 ? '' : `-${(at % apis.length) + 1}`}`;
