import { describe, expect, it } from '@jest/globals';
import { Increments } from './increments.js';
import { seriesIn } from './prometheus-text.js';
import { quantile } from './quantile.js';

const wanted = new Set(['charges_total', 'lag']);
const text = `# HELP charges_total Charges.
# TYPE charges_total counter
charges_total{outcome="succeeded",why="a \\"b\\", c"} 12
charges_total{outcome="failed"} 3 1700000000000
lag 7
other_total 5
`;

describe('the text of a scrape', () => {
  it('is read as far as it is wanted, labels with quotes and commas too', () => {
    expect(seriesIn(text, wanted)).toEqual([
      { name: 'charges_total', labels: { outcome: 'succeeded', why: 'a "b", c' }, value: 12 },
      { name: 'charges_total', labels: { outcome: 'failed' }, value: 3 },
      { name: 'lag', labels: {}, value: 7 },
    ]);
  });
});

describe('increments', () => {
  const counter = (value: number, outcome = 'succeeded') => ({ name: 'c', labels: { outcome }, value });

  it('are unknown at the first scrape, and whole after a restart', () => {
    const increments = new Increments();
    expect(increments.take('a', [counter(100)])).toEqual([]);
    expect(increments.take('a', [counter(130), counter(2, 'failed')])).toEqual([counter(30), counter(2, 'failed')]);
    expect(increments.take('a', [counter(5)])).toEqual([counter(5)]);
  });

  it('are of each instance by itself', () => {
    const increments = new Increments();
    increments.take('a', [counter(100)]);
    expect(increments.take('b', [counter(100)])).toEqual([]);
    expect(increments.take('a', [counter(101)])).toEqual([counter(1)]);
  });
});

describe('a quantile', () => {
  const bucket = (le: string, value: number) => ({ name: 'h', labels: { le }, value });

  it('lies within its bucket, in proportion', () => {
    const buckets = [bucket('0.1', 50), bucket('0.2', 100), bucket('+Inf', 100)];
    expect(quantile(0.5, buckets)).toBeCloseTo(0.1);
    expect(quantile(0.75, buckets)).toBeCloseTo(0.15);
  });

  it('adds up instances, stops at the last bound, and is unknown of nothing', () => {
    expect(quantile(0.99, [bucket('1', 0), bucket('1', 0), bucket('+Inf', 3), bucket('+Inf', 1)])).toBe(1);
    expect(quantile(0.5, [bucket('1', 0), bucket('+Inf', 0)])).toBeUndefined();
  });
});
