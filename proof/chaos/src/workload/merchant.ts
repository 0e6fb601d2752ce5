import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { answerBody } from '#checker';
import type { SeededChoices } from '../seeded-choices.js';
import type { RecordedExchange } from './exchange.js';
import type { History } from './history.js';
import { sendRaw } from './raw-exchange.js';
import type { MalformedRequest, UnreadableHttp } from './unreadable-requests.js';

/** Something a merchant asks for; asked again, it is the same key and the same parameters. */
export interface MerchantRequest {
  readonly story: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Absent for what changes nothing. */
  readonly key?: string;
  readonly forbidden?: RecordedExchange['forbidden'];
}

export interface MerchantEnvironment {
  readonly apis: readonly string[];
  readonly dispatcher: Dispatcher;
  readonly history: History;
  /** Unix ms that never step: times of exchanges compare with each other and with the services' own. */
  readonly nowMs: () => number;
  /** When it aborts, no client asks again: what is unknown stays so. */
  readonly givingUp: AbortSignal;
}

/** What was sent and what was heard of it, whatever it was. */
interface Heard {
  readonly sentMs: number;
  readonly endedMs: number;
  readonly answer?: { readonly status: number; readonly body: string; readonly replayed: boolean };
}

interface AskOptions {
  /** Which instance, by its number. */
  readonly at?: number;
  /** The client leaves so long after it has sent everything. */
  readonly hangUpAfterMs?: number;
}

const ANSWER_WITHIN_MS = 30_000;

/** Refused for the moment, or not answered: neither is kept under the key, so the same request may come again. */
function isForNow(exchange: RecordedExchange): boolean {
  const status = exchange.answer?.status;
  if (status === undefined || status >= 500 || status === 409 || status === 429) return true;
  return status === 400 && answerBody(exchange).error?.message?.includes('Try again in a moment') === true;
}

/** One account of one merchant: raw HTTP, so that every request on the wire is in the history, and no other. */
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

  /** One request. */
  async ask(order: MerchantRequest, options: AskOptions = {}): Promise<RecordedExchange> {
    const { at = 0, hangUpAfterMs } = options;
    const { story, method, path, parameters, key, forbidden } = order;
    const encoded = new URLSearchParams(parameters).toString();
    const inQuery = method !== 'POST' && encoded !== '';
    const number = this.world.history.nextNumber();
    const heard = await this.#send(
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
      ...heard,
      ...(hangUpAfterMs !== undefined && heard.answer === undefined && { hungUp: true as const }),
      ...(forbidden !== undefined && { forbidden }),
    };
    this.world.history.add(exchange);
    return exchange;
  }

  /**
   * As a careful client does it: under the same key, until it is told something that lasts. The last answer otherwise.
   *
   * @param dice of the client, for the jitter of its backoff
   */
  async askUntilAnswered(
    order: MerchantRequest,
    dice: SeededChoices,
    options: { at?: number } = {},
  ): Promise<RecordedExchange> {
    for (let attempt = 0; ; attempt++) {
      const told = await this.ask(order, { at: (options.at ?? 0) + attempt });
      if (!isForNow(told)) return told;
      const backoffMs = Math.min(200 * 2 ** Math.min(attempt, 4), 2_000) * (0.5 + dice.share() / 2);
      const waited = await sleep(backoffMs, true, { signal: this.world.givingUp }).catch(() => false);
      if (!waited) return told;
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

  /** HTTP that says what no form says. */
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

  /** Bytes that are no HTTP. */
  async sendMalformed({ bytes, leaves }: MalformedRequest, { at = 0 } = {}): Promise<void> {
    const { apis, history, nowMs } = this.world;
    const number = history.nextNumber();
    const sentMs = nowMs();
    const status = await sendRaw(apis[at % apis.length]!, bytes, leaves === true);
    const answer = status === undefined ? {} : { answer: { status, body: '', replayed: false } };
    this.#addUnreadable(number, at, bytes, { sentMs, endedMs: nowMs(), ...answer });
  }

  #addUnreadable(number: number, at: number, sent: string, { sentMs, endedMs, answer }: Heard): void {
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
  ): Promise<Heard> {
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
