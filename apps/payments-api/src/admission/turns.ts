import type { Clock, Timer } from '#clock';

export interface TurnLimits {
  /** Requests of one account that are worked on at once. */
  readonly inProgressMax: number;
  /** Requests of one account that wait for their turn. */
  readonly waitingMax: number;
  readonly waitMs: number;
}

/** A request that is worked on. */
export interface Turn {
  /** Answered, or given up. Idempotent. */
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

/** While others ask as well, an account may have so many in progress, however few these have. */
const ALWAYS = 2;
/** A request that takes longer waits for a bank, not for this system, so it gives its turn back. */
const LAPSE_MS = 1_000;
/** For this long after its last request an account still counts as asking. */
const ASKS_FOR_MS = 1_000;

/**
 * How much one account takes of what all share. While others ask as well, it has no more requests in progress than
 * all of them together ask for, so it can at most double the load that they make for themselves; by itself it has
 * all of the machine. What is beyond that waits for its turn, in order, as a map entry and a timer.
 */
export class Turns {
  readonly #accounts = new Map<string, Account>();
  /** Those with nothing in hand, the longest idle first. */
  readonly #idle = new Set<string>();
  /** By all accounts: what is in progress and what waits, of each up to what it may have by itself. */
  #asked = 0;
  #hurried = false;

  constructor(
    private readonly clock: Clock,
    private readonly limits: TurnLimits,
    /** What to throw at a request that cannot wait, or has waited too long. */
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

  /** The process is about to end: what has not begun is refused. */
  hurry(): void {
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

  /** An account that asked just now counts as one, between two requests as well. */
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
