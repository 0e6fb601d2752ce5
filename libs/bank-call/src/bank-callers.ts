import type { Clock } from '#clock';
import type { BankCallObserver } from './bank-call-observer.js';
import { BankCaller, type BankCallerOptions } from './bank-caller.js';
import type { BankConfig } from './bank-config.js';
import { isolatedTo, type Aim } from './bank-order.js';
import { Bulkhead } from './bulkhead.js';
import { lanes } from './lane.js';

/**
 * The callers of one bank: one for ordinary traffic, and one per account for charges with a fault token, since such a
 * fault says nothing about the bank. Isolated callers are made lazily, and evicted when idle, or when they are too many.
 */
export class BankCallers {
  readonly config: BankConfig;
  readonly shared: BankCaller;
  readonly #clock: Clock;
  readonly #observer: BankCallObserver;
  readonly #bulkhead: Bulkhead;
  readonly #isolatedOptions: Omit<BankCallerOptions, 'isolation'>;
  /** By account, least recently used first. */
  readonly #isolated = new Map<string, { caller: BankCaller; usedAtMs: number }>();
  #closed = false;

  constructor(options: Omit<BankCallerOptions, 'isolation'>) {
    const { config, clock, observer = {} } = options;
    const { name, limits } = config;
    this.config = config;
    this.#clock = clock;
    this.#observer = observer;
    this.shared = new BankCaller(options);
    this.#bulkhead = new Bulkhead(limits.isolated.inFlight, (inFlight) =>
      observer.isolatedInFlightChanged?.(name, inFlight),
    );
    this.#isolatedOptions = {
      ...options,
      config: { ...config, limits: { ...limits, inFlight: limits.isolated.inFlightPerAccount } },
      // Report slots and retry budgets per bank, not per account.
      observer: {
        attemptEnded: (attempt) => observer.attemptEnded?.(attempt),
        transitioned: (transition) => observer.transitioned?.(transition),
      },
    };
  }

  /** The caller for all calls of this charge. */
  for(aim: Aim): BankCaller {
    const account = isolatedTo(aim);
    return account === undefined ? this.shared : this.isolated(account);
  }

  isolated(account: string): BankCaller {
    const caller = this.#isolated.get(account)?.caller ?? this.#isolatedCaller(account);
    this.#isolated.delete(account);
    this.#isolated.set(account, { caller, usedAtMs: this.#clock.monotonicMs() });
    this.#evict();
    return caller;
  }

  /** How many isolated callers exist. */
  get isolatedCount(): number {
    return this.#isolated.size;
  }

  /** Free slots of the bulkhead around all isolated callers. */
  get isolatedFree(): number {
    return this.#bulkhead.free;
  }

  /** Stops the breakers' timers. Later calls are refused as by an open breaker. */
  close(): void {
    this.#closed = true;
    this.shared.close();
    for (const { caller } of this.#isolated.values()) caller.close();
  }

  #isolatedCaller(account: string): BankCaller {
    const isolation = { account, shared: this.shared, within: this.#bulkhead };
    const caller = new BankCaller({ ...this.#isolatedOptions, isolation });
    if (this.#closed) caller.close();
    return caller;
  }

  #evict(): void {
    const { callers, idleMs } = this.config.limits.isolated;
    const idleSinceMs = this.#clock.monotonicMs() - idleMs;
    for (const [account, { caller, usedAtMs }] of this.#isolated) {
      if (usedAtMs > idleSinceMs && this.#isolated.size <= callers) return;
      if (caller.inFlight > 0) continue;
      this.#isolated.delete(account);
      this.#tellEviction(account, caller);
      caller.close();
    }
  }

  /** The state of an evicted caller's breakers is lost: report it. */
  #tellEviction(account: string, caller: BankCaller): void {
    for (const lane of lanes) {
      const from = caller.state(lane);
      if (from === 'closed') continue;
      const move = { from, to: 'closed', cause: 'evicted' } as const;
      this.#observer.transitioned?.({ bank: this.config.name, lane, isolatedTo: account, ...move });
    }
  }
}
