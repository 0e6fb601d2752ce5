import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { defaultLimits } from './bank-config.js';
import { RetryBudget } from './retry-budget.js';

const limits = defaultLimits.retryBudget;

function take(budget: RetryBudget, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => budget.tryTake(nowMs)).filter(Boolean).length;
}

describe('RetryBudget', () => {
  it('allows one retry per second of the window when there are few calls', () => {
    expect(take(new RetryBudget(limits), 20, 0)).toBe(10);
  });

  it('allows a tenth of the calls when there are many', () => {
    const budget = new RetryBudget(limits);
    for (let call = 0; call < 500; call += 1) budget.recordCall(call);
    expect(take(budget, 100, 500)).toBe(50);
  });

  it('gives back retries of ten seconds ago', () => {
    const budget = new RetryBudget(limits);
    take(budget, 10, 0);
    expect(budget.tryTake(9_999)).toBe(false);
    expect(budget.tryTake(10_000)).toBe(true);
  });

  it('forgets calls of ten seconds ago', () => {
    const budget = new RetryBudget(limits);
    for (let call = 0; call < 500; call += 1) budget.recordCall(0);
    expect(take(budget, 100, 10_001)).toBe(10);
  });

  it('never allows more retries than a tenth of the calls, or one per second, in any ten seconds', () => {
    const step = fc.record({ afterMs: fc.nat(400), calls: fc.nat(20), retries: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const budget = new RetryBudget(limits);
        const calls: number[] = [];
        const retries: number[] = [];
        let nowMs = 0;
        const inWindow = (times: number[]): number => times.filter((at) => at > nowMs - limits.windowMs).length;
        for (const { afterMs, ...wanted } of steps) {
          nowMs += afterMs;
          for (let n = 0; n < wanted.calls; n += 1) {
            budget.recordCall(nowMs);
            calls.push(nowMs);
          }
          for (let n = 0; n < wanted.retries; n += 1) {
            if (!budget.tryTake(nowMs)) continue;
            retries.push(nowMs);
            expect(inWindow(retries)).toBeLessThanOrEqual(Math.max(inWindow(calls) * limits.ratio, 10));
          }
        }
      }),
    );
  });
});
