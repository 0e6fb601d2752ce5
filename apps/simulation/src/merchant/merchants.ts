import type { Told } from '#checker';
import type { Network, SimulatedProcess } from '#simulation';
import type { RunningService } from '../service/running-service.js';
import type { Story } from '../world/story.js';
import { exchange, type Delivered, type Request } from './exchange.js';
import { keyOf, type Operation } from './operation.js';

const ACCOUNT = 'acct_simulation';
const PATIENCE_MS = 20_000;
const ATTEMPTS_MAX = 6;

/** All merchants: each operation is repeated under its key until it is answered. What they are told is the history. */
export class Merchants {
  readonly history: Told[] = [];
  readonly #created = new Map<number, Extract<Operation, { kind: 'create' }>>();
  #busy = 0;
  #requests = 0;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly network: Network,
    private readonly story: Story,
    /** An instance of the API that takes requests, if any does. */
    private readonly api: (place: number) => RunningService | undefined,
  ) {}

  get idle(): boolean {
    return this.#busy === 0;
  }

  begin(operation: Operation): void {
    if (operation.kind === 'create') this.#created.set(operation.charge, operation);
    const create = this.#created.get(operation.charge);
    if (!create) return;
    this.#busy++;
    this.process.scheduler.after(0, this.process, () => {
      void this.#perform(create, operation.kind).finally(() => this.#busy--);
    });
  }

  async #perform(create: Extract<Operation, { kind: 'create' }>, kind: Operation['kind']): Promise<void> {
    const { charge, amountMinor, source } = create;
    const key = keyOf(charge);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const request: Request = {
        id: `req_${String(++this.#requests).padStart(16, '0')}`,
        method: 'POST',
        path: '/v1/charges',
        account: ACCOUNT,
        key,
        body: { amount: String(amountMinor), currency: 'usd', source },
      };
      const told = await this.#send(request);
      this.#record(key, told, `${kind === 'repeat' ? 'repeats' : 'creates'} ${key}`);
      if (
        told.kind === 'response' &&
        told.response.status !== 409 &&
        told.response.status !== 429 &&
        told.response.status < 500
      )
        return;
      await this.#pause(this.process.random.between(50, 2_000));
    }
  }

  #send(request: Request): Promise<Delivered> {
    const service = this.api(this.process.random.integer(0, 1));
    if (!service) return Promise.resolve({ kind: 'nothing' });
    return exchange(this.process, service, request, () => this.network.latencyMs(), PATIENCE_MS);
  }

  #record(key: string, told: Delivered, what: string): void {
    if (told.kind === 'nothing') {
      this.story.tell('merchants', `${what}: no answer`);
      this.history.push({ account: ACCOUNT, key, asked: 'charge', kind: 'info' });
      return;
    }
    const { status, body } = told.response;
    const parsed = JSON.parse(body || '{}') as Body;
    const chargeId = chargeOf(parsed);
    this.story.tell('merchants', () => `${what}: ${status} ${chargeId ?? ''} ${summary(parsed)}`);
    // Not stored under the key: the next attempt may be told something else.
    if (status >= 500) {
      this.history.push({ account: ACCOUNT, key, asked: 'charge', kind: 'info' });
      return;
    }
    this.history.push({
      account: ACCOUNT,
      key,
      asked: 'charge',
      kind: status === 200 ? 'ok' : 'fail',
      status,
      body,
      ...(chargeId !== undefined && { chargeId }),
    });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.process.scheduler.after(delayMs, this.process, resolve));
  }
}

interface Body {
  readonly object?: string;
  readonly id?: string;
  readonly status?: string;
  readonly error?: { readonly charge?: string; readonly code?: string; readonly message?: string };
}

const chargeOf = ({ object, id, error }: Body): string | undefined => (object === 'charge' ? id : error?.charge);

const summary = ({ status, error }: Body): string => status ?? error?.code ?? error?.message ?? '';
