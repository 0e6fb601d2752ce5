import type { Instant } from '#clock';

/** An account's test clock: set by its owner, and running on from there. */
export interface TestClock {
  readonly id: string;
  readonly account: string;
  readonly name: string | null;
  /** The time to which the owner last set it. */
  readonly frozenTime: Instant;
  readonly offsetMs: number;
  /** In real time. */
  readonly createdAt: Instant;
}

/** Stripe deletes test clocks after 30 days. */
export const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** @param now real time */
export function startClock(clock: Omit<TestClock, 'offsetMs' | 'createdAt'>, now: Instant): TestClock {
  return { ...clock, offsetMs: clock.frozenTime - now, createdAt: now };
}

/** A clock never goes back: one that is already past `frozenTime` runs on. */
export function advanceClock(clock: TestClock, frozenTime: Instant, now: Instant): TestClock {
  return { ...clock, frozenTime, offsetMs: Math.max(clock.offsetMs, frozenTime - now) };
}

/** Stripe's object. Its status is always `ready`: lapsed authorizations are being canceled when the answer is sent. */
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
