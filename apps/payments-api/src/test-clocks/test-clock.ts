import type { Instant } from '#clock';

/** An account's own time: set by its owner, and running on from there. */
export interface TestClock {
  readonly id: string;
  readonly account: string;
  readonly name: string | null;
  /** What its owner set it to last. */
  readonly frozenTime: Instant;
  readonly offsetMs: number;
  /** In everybody's time. */
  readonly createdAt: Instant;
}

/** Stripe's clocks go after a month. */
export const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** @param now everybody's time */
export function startClock(clock: Omit<TestClock, 'offsetMs' | 'createdAt'>, now: Instant): TestClock {
  return { ...clock, offsetMs: clock.frozenTime - now, createdAt: now };
}

/** Time never goes back: a clock that has run past what it is set to runs on. */
export function advanceClock(clock: TestClock, frozenTime: Instant, now: Instant): TestClock {
  return { ...clock, frozenTime, offsetMs: Math.max(clock.offsetMs, frozenTime - now) };
}

/** Stripe's object. Ours is never seen advancing: what has lapsed is being given back when the answer comes. */
export function testClockObject({ id, name, frozenTime, createdAt }: TestClock): object {
  return {
    id,
    object: 'test_helpers.test_clock',
    created: seconds(createdAt),
    deletes_after: seconds(createdAt + KEPT_MS),
    frozen_time: seconds(frozenTime),
    livemode: false,
    name,
    status: 'ready',
    status_details: {},
  };
}

const seconds = (instant: Instant): number => Math.floor(instant / 1000);
