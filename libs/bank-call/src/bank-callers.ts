import type { Clock } from '#clock';
import type { BankCallObserver } from './bank-call-observer.js';
import { BankCaller, type BankCallerOptions } from './bank-caller.js';
import type { BankConfig } from './bank-config.js';
import { isolatedTo, type Aim } from './bank-order.js';
import { Bulkhead } from './bulkhead.js';
import { lanes } from './lane.js';

/**
 * All callers of one bank: one for its ordinary traffic, and one per account for the charges of that account which
 * carry a fault token. A fault that a client aims at its own charge must not count against the bank for anyone else:
 * each caller has a breaker, a retry budget and a bulkhead of its own.
 *
 * Isolated callers are made when they are first asked for, and dropped when they were idle for long, or are too many.
 * One with calls in flight is never dropped: its slots and its breaker's results belong to it.
 */
export class BankCallers {
  readonly config: BankConfig;
  readonly shared: BankCaller;
  readonly #clock: Clock;
  readonly #observer: BankCallObserver;
  readonly #bulkhead: Bulkhead;
  readonly #isolatedOptions: Omit<BankCallerOptions, 'isolation'>;
  /** By account, the least recently used first. */
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
      // Slots and budgets are told of the bank, not of an account.
      observer: {
        attemptEnded: (attempt) => observer.attemptEnded?.(attempt),
        transitioned: (transition) => observer.transitioned?.(transition),
      },
    };
  }

  /** The caller that calls on behalf of this charge go through, whatever they ask for. */
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

  /** How many isolated callers are kept. */
  get isolatedCount(): number {
    return this.#isolated.size;
  }

  /** Slots that isolated callers have left between them. */
  get isolatedFree(): number {
    return this.#bulkhead.free;
  }

  /** Stops the breakers' timers. Calls are refused afterwards as by an open breaker. */
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

  /** With an evicted caller goes what its breakers knew. */
  #tellEviction(account: string, caller: BankCaller): void {
    for (const lane of lanes) {
      const from = caller.state(lane);
      if (from === 'closed') continue;
      const move = { from, to: 'closed', cause: 'evicted' } as const;
      this.#observer.transitioned?.({ bank: this.config.name, lane, isolatedTo: account, ...move });
    }
  }
}
