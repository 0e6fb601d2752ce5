import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { grafanaJson } from '../../infra/grafana/dashboard.js';
import { dashboards } from '../../infra/grafana/dashboards.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { metricsIn, processMetrics, registeredMetrics, unitOf } from '../../infra/prometheus/registered-metrics.js';
import { metricsPage } from './metrics-page.js';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const all = [...registeredMetrics(), ...processMetrics()];

describe('docs/metrics.md', () => {
  it('is written from the code: npm run docs', () => {
    expect(read('docs/metrics.md')).toBe(metricsPage());
  });

  it('has a row for each metric, and no row without one', () => {
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \| (?:counter|gauge|histogram) /gm)];
    expect(rows.map(([, name]) => name!).toSorted()).toEqual(all.map(({ name }) => name).toSorted());
    expect(all.length).toBeGreaterThan(80);
  });
});

describe('the dashboards of Grafana', () => {
  it('are written from the code: npm run docs', () => {
    const folder = 'infra/grafana/dashboards';
    const files = globSync(`${folder}/*.json`, { cwd: repositoryRoot }).toSorted();
    expect(files.map((file) => [file, read(file)])).toEqual(
      dashboards
        .map((dashboard) => [`${folder}/${dashboard.name}.json`, grafanaJson(dashboard)])
        .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
    );
  });
});

describe('the names of metrics', () => {
  it('are each registered in one place, with one meaning', () => {
    expect(all.filter(({ name }, index) => all.findIndex((other) => other.name === name) !== index)).toEqual([]);
  });

  it('follow the conventions of Prometheus', () => {
    for (const { name, type, help } of notEmpty(all)) {
      expect([name, /^[a-z][a-z0-9_]*$/.test(name)]).toEqual([name, true]);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect([name, /_(bucket|count|sum|info_total)$/.test(name)]).toEqual([name, false]);
      expect([name, /(^|_)(ms|milliseconds|minutes|kb|kilobytes|megabytes|percent)(_|$)/.test(name)]).toEqual([
        name,
        false,
      ]);
      expect([name, help.endsWith('.')]).toEqual([name, true]);
    }
  });

  it('end with a unit where what is measured has one', () => {
    const timed = all.filter(({ help, type }) => type === 'histogram' && /\b(time|duration|from .* to)\b/i.test(help));
    expect(timed.length).toBeGreaterThan(4);
    expect(timed.filter((metric) => unitOf(metric) !== 'seconds')).toEqual([]);
  });
});

describe('a registration', () => {
  it('is read with its name, help and labels', () => {
    const source = `
      const a = metrics.counter({ name: 'a_total', help: 'Some.', labels: ['bank', 'lane'] });
      metrics.gauge(
        {
          name: 'b_seconds',
          help: 'Seconds, of the others’.',
        }, () => 1);
      this.metrics.histogram({ name: 'c', help: 'C.', buckets: sizeBuckets });`;
    expect(metricsIn(source, 'a.ts')).toEqual([
      { name: 'a_total', type: 'counter', help: 'Some.', labels: ['bank', 'lane'] },
      { name: 'b_seconds', type: 'gauge', help: 'Seconds, of the others’.', labels: [] },
      { name: 'c', type: 'histogram', help: 'C.', labels: [] },
    ]);
  });

  it.each([
    ['whose name is computed', "metrics.counter({ name: `${prefix}_total`, help: 'Some.' })"],
    ['whose help is elsewhere', "metrics.counter({ name: 'a_total', help })"],
    ['whose labels are elsewhere', "metrics.counter({ name: 'a_total', help: 'Some.', labels })"],
    ['that passes its options on', 'metrics.counter(options)'],
  ])('%s is refused', (_, source) => {
    expect(() => metricsIn(source, 'a.ts')).toThrow('a.ts registers a metric');
  });
});
