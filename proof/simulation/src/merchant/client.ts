import type { ApiAnswer, ApiExchange } from '#checker';
import { BEGINNING, type SimulatedNetwork, type SimulatedProcess } from '#virtual-time';
import type { RunningService } from '../service/running-service.js';
import type { WorldLog } from '../log/world-log.js';
import type { ApiKeys } from '../databases/api-keys.js';
import { exchange } from './exchange.js';
import type { PlannedRequest } from '../operations/requests.js';
import { versions } from '../schedule/accounts.js';

/** Longest wait for an answer. */
const PATIENCE_MS = 20_000;
const AGAIN_AFTER_MS = { least: 50, most: 2_000 };
/** After this many attempts retries are less frequent. */
const HASTY_ATTEMPTS = 5;
const LATER_AGAIN_AFTER_MS = { least: 1_000, most: 8_000 };

export interface Sending {
  readonly account: string;
  readonly key?: string | undefined;
  readonly call: PlannedRequest;
  /** Description for the world's log. */
  readonly what: string;
  /** Number of the instance. Default: any. */
  readonly place?: number;
}

/** One attempt and its answer. */
export interface ClientAttempt {
  readonly sentMs: number;
  readonly answer: ApiAnswer | undefined;
  readonly place: number;
}

/** Sends requests to an instance that is up, and records all of them. */
export class SimulatedClient {
  /** All requests, ordered by sending. */
  readonly exchanges: ApiExchange[] = [];
  #requests = 0;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly network: SimulatedNetwork,
    private readonly story: WorldLog,
    /** An instance of the API that accepts requests, if there is one. */
    private readonly api: (place: number) => RunningService | undefined,
    /** Undefined if every key is valid. */
    private readonly keys: ApiKeys | undefined,
  ) {}

  /** Unix ms. */
  get nowMs(): number {
    return BEGINNING + this.process.scheduler.nowMs;
  }

  async send({ account, key, call, what, place = this.process.random.integer(0, 1) }: Sending): Promise<ClientAttempt> {
    const sentMs = this.process.scheduler.nowMs;
    const service = this.api(place);
    // No instance accepts connections.
    if (!service) return { sentMs, answer: undefined, place };
    const sent = { account, key, version: versions[account], ...call };
    const at = this.exchanges.push({ ...sent, sentMs: this.nowMs, endedMs: Infinity }) - 1;
    const request = { id: `req_${String(++this.#requests).padStart(16, '0')}`, ...sent };
    const delivered = await exchange(this.process, service, request, () => this.network.latencyMs(), PATIENCE_MS);
    const answer = delivered.kind === 'response' ? delivered.response : undefined;
    const opensUntilMs = this.keys?.opensUntilMs(account);
    this.exchanges[at] = {
      ...this.exchanges[at]!,
      endedMs: this.nowMs,
      ...(opensUntilMs !== undefined && { opensUntilMs }),
      ...(answer && { answer }),
    };
    this.story.tell('merchants', () => `${what}: ${answer ? `${answer.status} ${summary(answer)}` : 'no answer'}`);
    return { sentMs, answer, place };
  }

  /** Retries until the answer is final, without limit. */
  async ask(
    sending: Sending,
    onHeard: (heard: ClientAttempt) => void = () => undefined,
  ): Promise<ClientAttempt & { answer: ApiAnswer }> {
    for (let attempt = 1; ; attempt++) {
      const heard = await this.send(sending);
      onHeard(heard);
      const { answer } = heard;
      if (answer && isFinal(answer)) return { ...heard, answer };
      const { least, most } = attempt < HASTY_ATTEMPTS ? AGAIN_AFTER_MS : LATER_AGAIN_AFTER_MS;
      await this.pause(this.process.random.between(least, most));
    }
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.process.scheduler.after(delayMs, this.process, resolve));
  }
}

/** Whether the answer is final: it is stored and replayed under its key. */
export const isFinal = (answer: ApiAnswer): boolean =>
  answer.status !== 409 && answer.status !== 429 && answer.status < 500 && !isPassing(answer);

/** Whether the answer is a temporary refusal, which is not stored under the key. */
export const isPassing = ({ status, body }: ApiAnswer): boolean =>
  status === 400 && body.includes('Try again in a moment');

/** An item of a list. */
interface Item {
  readonly id: string;
  readonly created: number;
  readonly charge?: string;
  readonly currency?: string;
  readonly source?: string;
  readonly type?: string;
}

export interface ClientResponseBody {
  readonly object?: string;
  readonly id?: string;
  readonly status?: string;
  readonly captured?: boolean;
  readonly charge?: string;
  readonly balance_transaction?: string | { readonly id: string } | null;
  readonly has_more?: boolean;
  readonly data?: readonly Item[];
  readonly error?: { readonly charge?: string; readonly code?: string; readonly message?: string };
}

export const bodyOf = ({ body }: ApiAnswer): ClientResponseBody => JSON.parse(body || '{}') as ClientResponseBody;

function summary(answer: ApiAnswer): string {
  const { id, status, captured, error, data } = bodyOf(answer);
  if (error) return error.code ?? error.message ?? '';
  if (data) return `${data.length} objects`;
  return `${id ?? ''} ${status ?? ''}${captured === false ? ', not captured' : ''}`;
}
