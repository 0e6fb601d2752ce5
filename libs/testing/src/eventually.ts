import { inspect } from 'node:util';
import { SystemClock, type Clock } from '#clock';

const systemClock = new SystemClock();

/**
 * Waits until the condition returns something truthy, and returns that. It is asked again and again
 * until the deadline; then the error says what was awaited and what was last seen (a falsy value, or the
 * error that the condition threw).
 *
 * @param options.timeoutMs default 5000
 * @param options.clock in whose time; default: the system's
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

/** A test that waits has asserted something. Elsewhere there is no `expect`. */
function countAsAssertion(seen: unknown): void {
  (globalThis as { expect?: (value: unknown) => { toBeTruthy(): void } }).expect?.(seen).toBeTruthy();
}
