import { expect, it } from '@jest/globals';
import { Scheduler } from './scheduler.js';

it('runs events that became due during a leap late and in order, without going back in time', () => {
  const scheduler = new Scheduler();
  const events: [string, number][] = [];
  const record = (name: string) => () => void events.push([name, scheduler.nowMs]);
  scheduler.after(2_000, undefined, record('second'));
  scheduler.after(1_000, undefined, record('first'));
  scheduler.after(60_000, undefined, record('last'));
  scheduler.leap(50_000);
  scheduler.after(0, undefined, record('at once'));
  scheduler.runUntil(100_000);
  expect(events).toEqual([
    ['first', 50_000],
    ['second', 50_000],
    ['at once', 50_000],
    ['last', 60_000],
  ]);
});
