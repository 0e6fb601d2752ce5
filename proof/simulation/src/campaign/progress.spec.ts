import { describe, expect, it } from '@jest/globals';
import { CampaignProgress } from './progress.js';

describe('a campaign’s progress', () => {
  it('shows the number of schedules, the rate and the remaining time', () => {
    const progress = new CampaignProgress({ schedules: 1_000, seconds: undefined }, 500);
    expect(progress.line(50, [], 2_400)).toBeUndefined();
    expect(progress.line(100, [], 6_500)).toBe('  100 of 1000 schedules, 1000 a minute, 0 broken, 54 s left');
    expect(progress.line(125, [], 7_000)).toBeUndefined();
  });

  it('names the first schedule that broke a promise', () => {
    const progress = new CampaignProgress({ schedules: 100_000, seconds: undefined }, 0);
    expect(progress.line(100, [{ seed: 17 }, { seed: 4 }], 6_000)).toBe(
      '  100 of 100000 schedules, 1000 a minute, 2 broken, such as 17, about 100 min left',
    );
  });

  it('shows the remaining time of a limit in seconds', () => {
    const progress = new CampaignProgress({ schedules: Infinity, seconds: 120 }, 0);
    expect(progress.line(100, [], 6_000)).toBe('  100 schedules, 1000 a minute, 0 broken, about 2 min left');
    expect(progress.line(1_990, [], 119_400)).toBe('  1990 schedules, 1000 a minute, 0 broken, 1 s left');
    expect(progress.line(2_010, [], 126_000)).toBe('  2010 schedules, 957 a minute, 0 broken, 0 s left');
  });

  it('prints less often the longer it runs', () => {
    const progress = new CampaignProgress({ schedules: 100_000, seconds: undefined }, 0);
    let lines = 0;
    for (let nowMs = 100; nowMs <= 3_600_000; nowMs += 100) if (progress.line(nowMs, [], nowMs)) lines++;
    expect(lines).toBeLessThan(250);
    expect(lines).toBeGreaterThan(100);
  });
});
