import type { Clock, Timer } from '#clock';

export interface TurnLimits {
  /** Requests of one account in progress at once. */
  readonly inProgressMax: number;
  /** Requests of one account that wait for their turn. */
  readonly waitingMax: number;
  readonly waitMs: number;
}

/** A request in progress. */
export interface Turn {
  /** The request is answered or gave up. Idempotent. */
  end(): void;
}

interface Waiter {
  grant(): void;
  refuse(): void;
}

interface Account {
  inProgress: number;
  readonly waiting: Set<Waiter>;
  lastMs: number;
}

/** Requests in progress that an account may always have, also while other accounts wait. */
const ALWAYS = 2;
/** A slower request waits for a bank and not for this system, so it gives its turn back. */
const LAPSE_MS = 1_000;
/** How long an account counts as active after its last request. */
const ASKS_FOR_MS = 1_000;

/**
 * Fair shares among accounts. While others are active, one account has at most as many requests in progress as all
 * others together, so it at most doubles their load; alone it has the whole machine. The rest waits, first in, first out.
 */
export class Turns {
  readonly #accounts = new Map<string, Account>();
  /** Accounts without a request, the longest idle first. */
  readonly #idle = new Set<string>();
  /** Requests in progress or waiting of all accounts, each counted up to its own limit. */
  #asked = 0;
  #hurried = false;

  constructor(
    private readonly clock: Clock,
    private readonly limits: TurnLimits,
    /** The error for a request that cannot wait, or waited too long. */
    private readonly refusal: () => Error,
  ) {}

  get waiting(): number {
    let count = 0;
    for (const { waiting } of this.#accounts.values()) count += waiting.size;
    return count;
  }

  /** Resolves when it is the account's turn. @throws `refusal` */
  async take(name: string): Promise<Turn> {
    this.#forgetIdle();
    const account = this.#accounts.get(name) ?? this.#open(name);
    this.#idle.delete(name);
    account.lastMs = this.clock.monotonicMs();
    if (account.waiting.size > 0 || account.inProgress >= this.#limitOf(account)) await this.#turnOf(account);
    else this.#change(account, () => account.inProgress++);
    return this.#turn(name, account);
  }

  /** At shutdown: refuses the requests that wait. */
  stopWaiting(): void {
    this.#hurried = true;
    for (const { waiting } of this.#accounts.values()) for (const waiter of waiting) waiter.refuse();
  }

  #limitOf(account: Account): number {
    const { inProgressMax } = this.limits;
    const others = this.#asked - this.#askedBy(account);
    return others === 0 ? inProgressMax : Math.min(inProgressMax, Math.max(ALWAYS, others));
  }

  #turnOf(account: Account): Promise<void> {
    const { waitingMax, waitMs } = this.limits;
    if (this.#hurried || account.waiting.size >= waitingMax) return Promise.reject(this.refusal());
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        grant: () => {
          timer.cancel();
          this.#change(account, () => {
            account.waiting.delete(waiter);
            account.inProgress++;
          });
          resolve();
        },
        refuse: () => {
          timer.cancel();
          this.#change(account, () => account.waiting.delete(waiter));
          reject(this.refusal());
        },
      };
      const timer = this.clock.after(waitMs, () => waiter.refuse());
      this.#change(account, () => account.waiting.add(waiter));
    });
  }

  #turn(name: string, account: Account): Turn {
    let timer: Timer | undefined;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      timer?.cancel();
      this.#end(name, account);
    };
    timer = this.clock.after(LAPSE_MS, end, { unref: true });
    return { end };
  }

  #open(name: string): Account {
    const account = { inProgress: 0, waiting: new Set<Waiter>(), lastMs: 0 };
    this.#accounts.set(name, account);
    this.#asked += this.#askedBy(account);
    return account;
  }

  #change(account: Account, change: () => void): void {
    const before = this.#askedBy(account);
    change();
    this.#asked += this.#askedBy(account) - before;
  }

  /** An active account counts as one request also between two requests. */
  #askedBy({ inProgress, waiting }: Account): number {
    return Math.min(this.limits.inProgressMax, Math.max(1, inProgress + waiting.size));
  }

  #end(name: string, account: Account): void {
    this.#forgetIdle();
    this.#change(account, () => account.inProgress--);
    account.lastMs = this.clock.monotonicMs();
    for (const waiter of account.waiting) {
      if (account.inProgress >= this.#limitOf(account)) break;
      waiter.grant();
    }
    if (account.inProgress === 0 && account.waiting.size === 0) this.#idle.add(name);
  }

  #forgetIdle(): void {
    const sinceMs = this.clock.monotonicMs() - ASKS_FOR_MS;
    for (const name of this.#idle) {
      const account = this.#accounts.get(name)!;
      if (account.lastMs > sinceMs) break;
      this.#idle.delete(name);
      this.#accounts.delete(name);
      this.#asked -= this.#askedBy(account);
    }
  }
}
