import { describe, expect, it } from '@jest/globals';
import type { ApiExchange } from '../history.js';
import { judgeByModel } from './index.js';
import { evidenceOf, ms, sent } from './testing/a-history.js';

const CLOCKS = '/v1/test_helpers/test_clocks';
const noonMs = ms(0);
const at = (day: number): string => String(noonMs / 1_000 + day * 86_400);
const clock = (frozenTime: string, id = 'clock_1') => ({
  body: { object: 'test_helpers.test_clock', id, frozen_time: Number(frozenTime) },
});
const refused = { status: 400, body: { error: { type: 'invalid_request_error', message: 'No.' } } };
type Answer = Parameters<typeof sent>[3];
const set = (second: number, day: number, answer: Answer, path = CLOCKS): ApiExchange =>
  sent(
    second,
    `POST ${path}`,
    { account: 'acct_9', key: `at ${second}`, parameters: { frozen_time: at(day) } },
    answer,
  );
const advance = (second: number, day: number, answer: Answer): ApiExchange =>
  set(second, day, answer, `${CLOCKS}/clock_1/advance`);
const wrong = (...exchanges: ApiExchange[]): string[] => judgeByModel(evidenceOf(exchanges));

describe('of test clocks the model', () => {
  const made = set(30, 1, clock(at(1)));

  it('wants to be told the time that was set, of the clock that was meant', () => {
    expect(wrong(made, advance(31, 2, clock(at(2))))).toEqual([]);
    expect(wrong(made, advance(31, 2, clock(at(1))))).toEqual([expect.stringMatching(/told \d+, set was \d+/)]);
    expect(wrong(made, advance(31, 2, clock(at(2), 'clock_2')))).toEqual([
      expect.stringMatching(/told of clock_2, asked was about clock_1/),
    ]);
    expect(wrong(set(30, 1, { body: { object: 'list' } }))).toContainEqual(
      expect.stringMatching(/without a test clock/),
    );
  });

  it('lets a clock be refused beside another one, and a time that is not later', () => {
    expect(wrong(made, set(31, 2, refused))).toEqual([]);
    expect(wrong(made, advance(31, 1, refused))).toEqual([]);
    expect(wrong(made, advance(31, 2, refused))).toEqual([expect.stringMatching(/told 400 .*nothing is wrong/)]);
    expect(wrong(set(31, 2, refused))).toEqual([expect.stringMatching(/told 400 .*nothing is wrong/)]);
  });
});
