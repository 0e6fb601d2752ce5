import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { noon } from '../../test/operation-under-test.js';
import { BankTimes } from './bank-times.js';

const at = (ms: number) => ({ asOf: noon + ms, now: noon + ms });

describe('what is known of a bank’s clock', () => {
  it('is nothing until it has told it once', () => {
    const times = new BankTimes(new FakeClock());
    expect(times.isKnown('alder')).toBe(false);
    expect(() => times.earliest('alder')).toThrow('has not told its time');
  });

  it('is an interval: the bank read its clock at some moment between question and answer', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    await clock.advance(300);
    times.observe('alder', at(0), 0);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([0, 300]);
  });

  it('is carried on by our own monotonic clock, whatever happens to wall time', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    times.observe('alder', at(0), 0);
    clock.stepWall(-3_600_000);
    await clock.advance(2_000);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([2_000, 2_000]);
  });

  it('is narrowed by every further reading, and never widened by a slow one', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    await clock.advance(300);
    times.observe('alder', at(200), 0);
    times.observe('alder', at(310), 290);
    await clock.advance(30_000);
    // Asked right after that, and looked at only when the process thawed half a minute later.
    times.observe('alder', at(320), 301);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([30_310, 30_319]);
  });

  it('begins anew when a reading contradicts it: a clock has moved', async () => {
    const clock = new FakeClock();
    const times = new BankTimes(clock);
    times.observe('alder', at(0), 0);
    await clock.advance(1_000);
    times.observe('alder', at(90_000), 990);
    expect([times.earliest('alder') - noon, times.latest('alder') - noon]).toEqual([90_000, 90_010]);
  });
});
