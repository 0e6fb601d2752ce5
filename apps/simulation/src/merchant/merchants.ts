import type { ApiAnswer, ApiExchange, Asked, Told } from '#checker';
import { BEGINNING, type Network, type SimulatedProcess } from '#simulation';
import type { Exchange } from '../proof/reached.js';
import type { RunningService } from '../service/running-service.js';
import type { Story } from '../world/story.js';
import { exchange, type Delivered, type Request } from './exchange.js';
import { keyOf, type Operation, type Wanted } from './operation.js';

const ACCOUNT = 'acct_simulation';
const PATIENCE_MS = 20_000;
const ATTEMPTS_MAX = 6;

const asked: Readonly<Record<Wanted['kind'], Asked>> = { create: 'charge', capture: 'capture', refund: 'refund' };

/** All merchants: each operation is repeated under its key until it is answered. What they are told is the history. */
export class Merchants {
  readonly history: Told[] = [];
  /** Every request in the order of sending. */
  readonly exchanges: ApiExchange[] = [];
  readonly #wanted = new Map<number, Wanted>();
  /** The charge that an operation created, once its merchant knows; undefined when it never will. */
  readonly #charges = new Map<number, PromiseWithResolvers<string | undefined>>();
  #busy = 0;
  #requests = 0;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly network: Network,
    private readonly story: Story,
    /** An instance of the API that takes requests, if any does. */
    private readonly api: (place: number) => RunningService | undefined,
    private readonly onExchange: (exchange: Exchange) => void,
  ) {}

  get idle(): boolean {
    return this.#busy === 0;
  }

  begin(operation: Operation): void {
    if (operation.kind === 'repeat') {
      const first = this.#wanted.get(operation.of);
      if (!first) return;
      for (let time = 0; time < operation.times; time++) this.#start(first, 'repeats');
      return;
    }
    if (operation.kind !== 'create' && !this.#charges.has(operation.charge)) return;
    this.#wanted.set(operation.id, operation);
    if (operation.kind === 'create') this.#charges.set(operation.id, Promise.withResolvers());
    this.#start(operation, 'asks');
  }

  #start(wanted: Wanted, how: string): void {
    this.#busy++;
    this.process.scheduler.after(0, this.process, () => {
      void this.#perform(wanted, how).finally(() => this.#busy--);
    });
  }

  async #perform(wanted: Wanted, how: string): Promise<void> {
    const key = keyOf(wanted);
    const chargeId = wanted.kind === 'create' ? undefined : await this.#charges.get(wanted.charge)!.promise;
    if (wanted.kind !== 'create' && chargeId === undefined) return;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const sentMs = this.process.scheduler.nowMs;
      const told = await this.#send(this.#request(wanted, key, chargeId));
      const found = this.#record(wanted, told, chargeId, `${how} ${key}`, sentMs);
      if (wanted.kind === 'create' && found !== undefined) this.#charges.get(wanted.id)!.resolve(found);
      if (told.kind === 'response' && isFinal(told.response)) break;
      await this.#pause(this.process.random.between(50, 2_000));
    }
    if (wanted.kind === 'create') this.#charges.get(wanted.id)!.resolve(undefined);
  }

  #request(wanted: Wanted, key: string, chargeId: string | undefined): Request {
    const id = `req_${String(++this.#requests).padStart(16, '0')}`;
    const common = { id, method: 'POST', account: ACCOUNT, key } as const;
    const amount = wanted.amountMinor === undefined ? {} : { amount: String(wanted.amountMinor) };
    switch (wanted.kind) {
      case 'create': {
        const capture = wanted.capture ? {} : { capture: 'false' };
        return {
          ...common,
          path: '/v1/charges',
          parameters: { ...amount, currency: 'usd', source: wanted.source, ...capture },
        };
      }
      case 'capture':
        return { ...common, path: `/v1/charges/${chargeId}/capture`, parameters: amount };
      case 'refund':
        return { ...common, path: '/v1/refunds', parameters: { ...amount, charge: chargeId! } };
    }
  }

  async #send(request: Request): Promise<Delivered> {
    const service = this.api(this.process.random.integer(0, 1));
    // Refused before a byte was sent.
    if (!service) return { kind: 'nothing' };
    const { id: _, ...sent } = request;
    const place = this.exchanges.push({ ...sent, sentMs: this.#nowMs, endedMs: Infinity }) - 1;
    const delivered = await exchange(this.process, service, request, () => this.network.latencyMs(), PATIENCE_MS);
    const answer = delivered.kind === 'response' ? { answer: delivered.response } : {};
    this.exchanges[place] = { ...this.exchanges[place]!, endedMs: this.#nowMs, ...answer };
    return delivered;
  }

  get #nowMs(): number {
    return BEGINNING + this.process.scheduler.nowMs;
  }

  /** @returns the charge that the answer is about, if it says */
  #record(
    wanted: Wanted,
    told: Delivered,
    knownCharge: string | undefined,
    what: string,
    sentMs: number,
  ): string | undefined {
    const common = { account: ACCOUNT, key: keyOf(wanted), asked: asked[wanted.kind] };
    if (told.kind === 'nothing') {
      this.story.tell('merchants', `${what}: no answer`);
      this.#told({ ...common, kind: 'info' }, sentMs);
      return undefined;
    }
    const { status, body } = told.response;
    const parsed = JSON.parse(body || '{}') as Body;
    const chargeId = knownCharge ?? chargeOf(parsed);
    this.story.tell('merchants', () => `${what}: ${status} ${chargeId ?? ''} ${summary(parsed)}`);
    // Not stored under the key: the next attempt may be told something else.
    if (status >= 500 || isPassing(told.response)) {
      this.#told({ ...common, kind: 'info' }, sentMs);
      return undefined;
    }
    const about = chargeId === undefined ? {} : { chargeId };
    const kind = status === 200 ? 'ok' : 'fail';
    this.#told({ ...common, kind, status, body, ...about }, sentMs, told.response.replayed);
    return chargeId;
  }

  #told(told: Told, sentMs: number, replayed = false): void {
    this.history.push(told);
    this.onExchange({ told, sentMs, endedMs: this.process.scheduler.nowMs, replayed });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.process.scheduler.after(delayMs, this.process, resolve));
  }
}

interface Body {
  readonly object?: string;
  readonly id?: string;
  readonly status?: string;
  readonly captured?: boolean;
  readonly error?: { readonly charge?: string; readonly code?: string; readonly message?: string };
}

const isFinal = (answer: ApiAnswer): boolean =>
  answer.status !== 409 && answer.status !== 429 && answer.status < 500 && !isPassing(answer);

/** Refused for what will be known in a moment: nothing is stored, and the same key may come again. */
const isPassing = ({ status, body }: ApiAnswer): boolean => status === 400 && body.includes('Try again in a moment');

const chargeOf = ({ object, id, error }: Body): string | undefined => (object === 'charge' ? id : error?.charge);

const summary = ({ status, captured, error }: Body): string =>
  status === undefined
    ? (error?.code ?? error?.message ?? '')
    : `${status}${captured === false ? ', not captured' : ''}`;
