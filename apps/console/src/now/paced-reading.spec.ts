import { expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { PacedReading } from './paced-reading.js';

it('reads again after its interval, and after a slow reading only when twenty times as long has passed', async () => {
  const clock = new FakeClock();
  let readings = 0;
  let tookMs = 0;
  const reading = new PacedReading(clock, 2_000, async () => {
    const ends = clock.sleep(tookMs);
    readings += 1;
    await ends;
    return readings;
  });
  const refreshed = async (): Promise<number | undefined> => {
    const done = reading.refresh();
    await clock.advance(tookMs);
    await done;
    return reading.latest;
  };
  expect(await refreshed()).toBe(1);
  expect(await refreshed()).toBe(1);
  await clock.advance(2_000);
  tookMs = 500;
  expect(await refreshed()).toBe(2);
  await clock.advance(9_000);
  expect(await refreshed()).toBe(2);
  await clock.advance(1_000);
  expect(await refreshed()).toBe(3);
});
