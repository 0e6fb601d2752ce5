import { describe, expect, it } from '@jest/globals';
import type { ApiExchange } from '../history.js';
import { AccountTime } from './account-time.js';
import { ms, sent } from './testing/a-history.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const CLOCKS = '/v1/test_helpers/test_clocks';
const ok = { body: {} };

const started = (
  at: number,
  timeMs: number,
  answer: { status?: number; body: unknown } | undefined = ok,
): ApiExchange => sent(at, `POST ${CLOCKS}`, { parameters: { frozen_time: String(timeMs / 1_000) } }, answer);
const advanced = (at: number, timeMs: number): ApiExchange =>
  sent(at, `POST ${CLOCKS}/clock_1/advance`, { parameters: { frozen_time: String(timeMs / 1_000) } }, ok);
const deleted = (at: number): ApiExchange => sent(at, `DELETE ${CLOCKS}/clock_1`, {}, ok);

/** Offsets of the account's time from real time that are possible, in whole days. */
function daysAhead(exchanges: readonly ApiExchange[], at: number): number[] {
  return new AccountTime(exchanges).at(ms(at)).map((each) => Math.round((each - ms(at)) / DAY_MS));
}

describe("an account's own time", () => {
  it('is real time without a test clock', () => {
    expect(new AccountTime([]).between(ms(1), ms(2))).toEqual([ms(1), ms(2)]);
  });

  it('may be real time or the test clock’s until every instance must have learned of it', () => {
    const exchanges = [started(0, ms(0) + 9 * DAY_MS)];
    expect(daysAhead(exchanges, 5)).toEqual([0, 9]);
    expect(daysAhead(exchanges, 500)).toEqual([9, 9]);
  });

  it('runs on from the set time', () => {
    const [least, most] = new AccountTime([started(0, ms(0) + 9 * DAY_MS)]).at(ms(500));
    expect([least, most]).toEqual([ms(499.5) + 9 * DAY_MS, ms(500) + 9 * DAY_MS]);
  });

  it('is not set back by an advance to an earlier time', () => {
    const exchanges = [started(0, ms(0) + 9 * DAY_MS), advanced(10, ms(0) + 3 * DAY_MS)];
    expect(daysAhead(exchanges, 500)).toEqual([3, 9]);
  });

  it('is real time again after the clock is deleted', () => {
    const exchanges = [started(0, ms(0) + 9 * DAY_MS), deleted(300)];
    expect(daysAhead(exchanges, 310)).toEqual([0, 9]);
    expect(daysAhead(exchanges, 800)).toEqual([0, 0]);
  });

  it('may be real time again a month after the clock was created', () => {
    expect(daysAhead([started(0, ms(0) + 99 * DAY_MS)], (31 * DAY_MS) / 1_000)).toEqual([0, 99]);
  });

  it('may be set by a request without an answer, and is not set by a refused one', () => {
    const unheard = sent(0, `POST ${CLOCKS}`, { parameters: { frozen_time: String((ms(0) + 9 * DAY_MS) / 1_000) } });
    expect(daysAhead([unheard], 500)).toEqual([0, 9]);
    expect(daysAhead([started(0, ms(0) + 9 * DAY_MS, { status: 400, body: {} })], 500)).toEqual([0, 0]);
  });
});
