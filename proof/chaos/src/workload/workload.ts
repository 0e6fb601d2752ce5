import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { SeededChoices } from '../seeded-choices.js';
import type { History } from './history.js';
import { Merchant, type MerchantEnvironment } from './merchant.js';
import { everything, stories, type StoryName } from './client-scripts.js';
import {
  chargeOrder,
  tell,
  type AccountsApart,
  type ScriptClient,
  type SharedMerchants,
  type RememberedRequest,
} from './client-script.js';

export interface LoadShape {
  /** Number of clients. Each runs one story after another. */
  readonly clients: number;
  /** Longest pause between two stories. */
  readonly pauseMs: number;
  readonly mix: Partial<Record<StoryName, number>>;
  /** Sources of charges made once at the start, because they take long to end. */
  readonly first?: readonly string[];
}

export const ordinaryTraffic: LoadShape = {
  clients: 14,
  pauseMs: 800,
  mix: everything,
  // A bank that never answers: after a minute of doubt the authorizations are reversed.
  first: ['tok_fault_authorize_hang_always_on_visa', 'tok_fault_authorize_hang_always_on_amex'],
};

/** An account and its API key. */
export interface ProvisionedAccount {
  readonly account: string;
  readonly apiKey: string;
}

/** Accounts that clients share. The others are borrowed by stories for exclusive use. */
const MERCHANTS = 8;
const CLOCKED = 2;
const OVERDRAWN = 1;
export const ACCOUNTS = MERCHANTS + CLOCKED + OVERDRAWN;

/** Runs the clients from `open` until `close`. */
export class Workload {
  readonly #agent = new Agent({ connections: 400, pipelining: 1, headersTimeout: 40_000, bodyTimeout: 40_000 });
  readonly #closing = new AbortController();
  readonly #givingUp = new AbortController();
  readonly #apart: AccountsApart;
  readonly merchants: readonly Merchant[];
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly seed: number,
    private readonly traffic: LoadShape,
    accounts: readonly ProvisionedAccount[],
    history: History,
    apis: readonly string[],
    nowMs: () => number,
  ) {
    const world: MerchantEnvironment = {
      apis,
      dispatcher: this.#agent,
      history,
      nowMs,
      givingUp: this.#givingUp.signal,
    };
    this.merchants = accounts.map(({ account, apiKey }) => new Merchant(account, apiKey, world));
    this.#apart = {
      clocked: lent(this.merchants.slice(MERCHANTS, MERCHANTS + CLOCKED)),
      overdrawn: lent(this.merchants.slice(MERCHANTS + CLOCKED)),
    };
  }

  open(): void {
    const { clients, first = [] } = this.traffic;
    this.#running = Promise.all([
      ...first.map((source, n) => this.#first(source, n)),
      ...Array.from({ length: clients }, (_, n) => this.#client(n)),
    ]);
  }

  /** Makes an additional charge, for a poison event. */
  charge(amount: number): void {
    const client = this.#newClient(0, new SeededChoices(amount));
    const order = chargeOrder(client, 'charge', { amount, source: 'tok_visa' });
    void client.merchant.askUntilAnswered(order, client.dice);
  }

  /** Starts no new stories. Resolves when all have ended; after `patienceMs` clients stop retrying. */
  async close(patienceMs: number): Promise<void> {
    this.#closing.abort();
    const patience = setTimeout(() => this.#givingUp.abort(), patienceMs);
    await this.#running;
    clearTimeout(patience);
  }

  async end(): Promise<void> {
    this.#closing.abort();
    this.#givingUp.abort();
    await this.#agent.destroy();
    await this.#running.catch(() => undefined);
  }

  #newClient(number: number, dice: SeededChoices, remembered: RememberedRequest[] = []): ScriptClient {
    const merchant = this.merchants[number % MERCHANTS]!;
    const stranger = this.merchants[(number + 1) % MERCHANTS]!;
    return { merchant, stranger, dice, remembered, at: number, apart: this.#apart };
  }

  async #first(source: string, number: number): Promise<void> {
    const client = this.#newClient(number, new SeededChoices(number));
    await tell(client, chargeOrder(client, 'aimed fault', { source }));
  }

  async #client(number: number): Promise<void> {
    const dice = new SeededChoices(this.seed * 1_000 + number);
    const remembered: RememberedRequest[] = [];
    const names = Object.keys(this.traffic.mix) as StoryName[];
    const draw = (): StoryName => {
      let left = dice.share() * names.reduce((sum, name) => sum + this.traffic.mix[name]!, 0);
      return names.find((name) => (left -= this.traffic.mix[name]!) < 0) ?? names[0]!;
    };
    while (!this.#closing.signal.aborted) {
      // Each story has its own generator: its draws depend on answers, and must not shift those of the next story.
      const [story, ownDice, pauseMs] = [draw(), new SeededChoices(dice.seed()), dice.between(0, this.traffic.pauseMs)];
      await stories[story](this.#newClient(number, ownDice, remembered));
      await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }
}

/** A pool of accounts, each lent to one client at a time. */
function lent(merchants: readonly Merchant[]): SharedMerchants {
  const free = [...merchants];
  return {
    async borrow(use) {
      const merchant = free.shift();
      if (!merchant) return;
      try {
        await use(merchant);
      } finally {
        free.push(merchant);
      }
    },
  };
}
