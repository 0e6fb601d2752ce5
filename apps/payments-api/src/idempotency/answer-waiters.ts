import type { Clock, Timer } from '#clock';
import type { ApiResponse } from '../protocol/stripe-error.js';
import { nameOf, type GivenAnswer, type KeyName } from './key.js';

interface Waiter {
  readonly name: KeyName;
  readonly startedMs: number;
  resolve(answer: ApiResponse | undefined): void;
}

/** One request's wait for the answer under its key. */
export interface Expectation {
  /** @returns undefined when there is no answer within `withinMs` from now */
  answer(withinMs: number): Promise<ApiResponse | undefined>;
  /** The caller must call it in the end. */
  end(): void;
}

/**
 * The requests of this process that wait for their charge to settle. A waiting request is a map entry and
 * a timer: it holds no connection and no slot.
 */
export class AnswerWaiters {
  private readonly byName = new Map<string, Set<Waiter>>();
  private total = 0;
  private hurried = false;

  constructor(private readonly clock: Clock) {}

  get count(): number {
    return this.total;
  }

  /** Call it before the charge is committed, so that no answer can arrive before the waiter. */
  expect(name: KeyName): Expectation {
    const { promise, resolve } = Promise.withResolvers<ApiResponse | undefined>();
    const waiter: Waiter = { name, startedMs: this.clock.monotonicMs(), resolve };
    this.add(waiter);
    let timer: Timer | undefined;
    return {
      answer: (withinMs) => {
        if (this.hurried) resolve(undefined);
        else timer = this.clock.after(withinMs, () => resolve(undefined));
        return promise;
      },
      end: () => {
        timer?.cancel();
        this.remove(waiter);
      },
    };
  }

  /** @returns true when a request of this process waited for it */
  answered({ answer, account, key }: GivenAnswer): boolean {
    const waiters = this.byName.get(nameOf({ account, key }));
    if (!waiters) return false;
    for (const waiter of waiters) waiter.resolve(answer);
    return true;
  }

  /** Keys that have waited for at least `waitedMs`. */
  names(waitedMs = 0): KeyName[] {
    const sinceMs = this.clock.monotonicMs() - waitedMs;
    const names: KeyName[] = [];
    for (const waiters of this.byName.values()) {
      for (const waiter of waiters) {
        if (waiter.startedMs > sinceMs) continue;
        names.push(waiter.name);
        break;
      }
    }
    return names;
  }

  /** At shutdown: ends all waits, and those that begin later. */
  stopWaiting(): void {
    this.hurried = true;
    for (const waiters of this.byName.values()) for (const waiter of waiters) waiter.resolve(undefined);
  }

  private add(waiter: Waiter): void {
    const name = nameOf(waiter.name);
    const waiters = this.byName.get(name);
    if (waiters) waiters.add(waiter);
    else this.byName.set(name, new Set([waiter]));
    this.total++;
  }

  private remove(waiter: Waiter): void {
    const name = nameOf(waiter.name);
    const waiters = this.byName.get(name);
    if (!waiters?.delete(waiter)) return;
    this.total--;
    if (waiters.size === 0) this.byName.delete(name);
  }
}
