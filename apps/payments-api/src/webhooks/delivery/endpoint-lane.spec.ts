import { describe, expect, it } from '@jest/globals';
import type { Clock } from '#clock';
import { EndpointLane, LANE_WIDTH } from './endpoint-lane.js';

function lane() {
  const time = { nowMs: 0 };
  const clock = { monotonicMs: () => time.nowMs, random: () => 0.5 } as Clock;
  const it = new EndpointLane(clock);
  const end = (isDelivered: boolean): void => {
    it.begin();
    it.end(isDelivered);
  };
  return { it, end, time };
}

describe('the lane of an endpoint', () => {
  it('takes so many attempts at once and no more', () => {
    const { it: wide } = lane();
    for (let n = 0; n < LANE_WIDTH; n++) wide.begin();
    expect(wide.free).toBe(0);
    wide.end(true);
    expect(wide.free).toBe(1);
  });

  it('takes one after a failure, and rests after three in a row', () => {
    const { it: failing, end, time } = lane();
    end(false);
    expect(failing.free).toBe(1);
    end(false);
    end(false);
    expect(failing.free).toBe(0);
    time.nowMs = 1_000;
    expect(failing.free).toBe(1);
  });

  it('rests a minute at most, and is wide again with its first success', () => {
    const { it: failing, end, time } = lane();
    for (let n = 0; n < 50; n++) end(false);
    time.nowMs += 60_000;
    expect([failing.free, failing.isFresh]).toEqual([1, false]);
    end(true);
    expect([failing.free, failing.isFresh]).toEqual([LANE_WIDTH, true]);
  });

  it('is woken by its merchant', () => {
    const { it: failing, end } = lane();
    for (let n = 0; n < 10; n++) end(false);
    expect(failing.free).toBe(0);
    failing.wake();
    expect(failing.free).toBe(1);
  });
});
