import { expect, it } from '@jest/globals';
import { Scheduler } from './scheduler.js';

it('leaps: what fell due meanwhile happens late, in its order, and time does not go back for it', () => {
  const scheduler = new Scheduler();
  const happened: [string, number][] = [];
  const happens = (what: string) => () => void happened.push([what, scheduler.nowMs]);
  scheduler.after(2_000, undefined, happens('second'));
  scheduler.after(1_000, undefined, happens('first'));
  scheduler.after(60_000, undefined, happens('last'));
  scheduler.leap(50_000);
  scheduler.after(0, undefined, happens('at once'));
  scheduler.runUntil(100_000);
  expect(happened).toEqual([
    ['first', 50_000],
    ['second', 50_000],
    ['at once', 50_000],
    ['last', 60_000],
  ]);
});
