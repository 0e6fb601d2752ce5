import { inspect } from 'node:util';
import { SystemClock, type Clock } from '#clock';

const systemClock = new SystemClock();

/**
 * Polls the condition until it returns a truthy value, and returns that value.
 *
 * @param options.timeoutMs default 5000
 * @param options.clock default: the system's
 * @throws at the deadline, with `what` and the last value or error
 */
export async function eventually<T>(
  what: string,
  condition: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number; clock?: Clock } = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const { timeoutMs = 5_000, everyMs = 10, clock = systemClock } = options;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    let seen: unknown;
    try {
      seen = await condition();
      if (seen) {
        countAsAssertion(seen);
        return seen as Exclude<T, false | null | undefined | 0 | ''>;
      }
    } catch (error) {
      seen = error;
    }
    if (clock.monotonicMs() >= deadlineMs) {
      throw new Error(`Waited ${timeoutMs} ms until ${what}; last seen: ${inspect(seen)}`, { cause: seen });
    }
    await clock.sleep(everyMs);
  }
}

/** Counts a wait as a jest assertion, where `expect` exists. */
function countAsAssertion(seen: unknown): void {
  (globalThis as { expect?: (value: unknown) => { toBeTruthy(): void } }).expect?.(seen).toBeTruthy();
}
