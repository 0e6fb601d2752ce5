import { describe, expect, it } from '@jest/globals';
import { anExchange, BEGAN_AT, unanswered } from '../testing/an-exchange.js';
import { aStrike } from '../testing/run-facts.js';
import { recoveriesOf } from './recovery.js';
import { timelineOf } from './timeline.js';

const killed = aStrike({ kind: 'kill', processes: ['ledger'] });
const inARow = (count: number, fromMs: number) =>
  Array.from({ length: count }, (_, n) =>
    anExchange({ sentAfterMs: fromMs + n * 100, endedAfterMs: fromMs + n * 100 + 50 }),
  );

describe('recovery', () => {
  it('is the first of ten consecutive good answers to requests sent after the lifting began', () => {
    const before = inARow(10, 21_000);
    const slow = anExchange({ sentAfterMs: 23_000, endedAfterMs: 29_000 });
    const exchanges = [
      ...before,
      ...inARow(9, 22_500),
      unanswered({ sentAfterMs: 23_600, endedAfterMs: 23_700 }),
      slow,
    ];
    const [recovery] = recoveriesOf([killed], [...exchanges, ...inARow(10, 30_000)], BEGAN_AT);
    expect(recovery).toMatchObject({ recoveredMs: 30_050 - 22_000, liftMs: 100, amid: false });
  });

  it('is null if no request succeeds any more', () => {
    expect(recoveriesOf([killed], inARow(9, 30_000), BEGAN_AT)[0]).toMatchObject({ recoveredMs: null });
  });

  it('is marked if another fault was in effect meanwhile', () => {
    const other = aStrike({ kind: 'freeze', processes: ['kafka'] }, { number: 2, struckMs: 22_500, liftedMs: 40_000 });
    expect(recoveriesOf([killed, other], inARow(10, 23_000), BEGAN_AT)[0]).toMatchObject({ amid: true });
  });
});

it('a timeline has every second, with the requests that ended in it', () => {
  const exchanges = [
    anExchange({ sentAfterMs: 100, endedAfterMs: 200 }),
    anExchange({ sentAfterMs: 100, endedAfterMs: 2_900, body: '{"status": "pending"}' }),
    anExchange({ sentAfterMs: 2_000, endedAfterMs: 2_500, status: 429 }),
    unanswered({ sentAfterMs: 2_000, endedAfterMs: 2_500 }),
    anExchange({ method: 'GET', endedAfterMs: 2_500 }),
  ];
  const seconds = timelineOf(exchanges, BEGAN_AT);
  expect(seconds).toHaveLength(3);
  expect(seconds[0]).toMatchObject({ settled: 1, pending: 0, p50Ms: 100 });
  expect(seconds[1]).toMatchObject({ settled: 0, p50Ms: null });
  expect(seconds[2]).toMatchObject({ settled: 0, pending: 1, turnedAway: 1, silent: 1 });
});
