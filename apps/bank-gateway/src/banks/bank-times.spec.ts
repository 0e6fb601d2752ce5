import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { noon } from '../../test/operation-under-test.js';
import { BankTimes } from './bank-times.js';

const at = (ms: number) => ({ asOf: noon + ms, now: noon + ms });

describe('the estimate of a bank’s clock', () => {
  it('is unknown until the first reading', () => {
    const times = new BankTimes(new FakeClock());
    expect(times.isKnown('alder')).toBe(false);
    expect(() => times.earliest('alder')).toThrow('has not told its time');
  });

  it('is an interval: the bank read its clock between request and answer', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    await clock.advance(300);
    times.observe('alder', at(0), 0);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([0, 300]);
  });

  it('advances with our monotonic clock, independently of wall time', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    times.observe('alder', at(0), 0);
    clock.stepWall(-3_600_000);
    await clock.advance(2_000);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([2_000, 2_000]);
  });

  it('is narrowed by further readings, and never widened by a slow one', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    await clock.advance(300);
    times.observe('alder', at(200), 0);
    times.observe('alder', at(310), 290);
    await clock.advance(30_000);
    // Requested right after that; the process read the answer only when it thawed half a minute later.
    times.observe('alder', at(320), 301);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([30_310, 30_319]);
  });

  it('is replaced by a reading that contradicts it: a clock was set', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    times.observe('alder', at(0), 0);
    await clock.advance(1_000);
    times.observe('alder', at(90_000), 990);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([90_000, 90_010]);
  });
});
