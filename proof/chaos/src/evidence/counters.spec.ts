import { expect, it } from '@jest/globals';
import { Counters } from './counters.js';

it('sums a counter over restarts and instances', () => {
  const counters = new Counters();
  const sample = 'step_outcomes_total{outcome="duplicate"}';
  const scrape = (instance: string, value: number): void =>
    counters.add(instance, `# HELP x y\n${sample} ${value}\nother_total 9\n`, ['step_outcomes_total']);
  scrape('ledger', 3);
  scrape('ledger', 5);
  scrape('ledger', 1); // killed and started again
  scrape('ledger-2', 2);
  expect(counters.total(sample)).toBe(8);
  expect(counters.total('other_total')).toBe(0);
  expect([...counters.above('step_outcomes_total')]).toEqual([[sample, 8]]);
  expect([...counters.above('step_outcomes')]).toEqual([]);
});
