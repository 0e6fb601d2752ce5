import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { dashboards } from '../grafana/dashboards.js';
import { repositoryRoot } from '../local/repository.js';
import { alertRules, alertsFile } from './alert-rules.js';
import { seriesIn } from './promql-names.js';
import { processMetrics, registeredMetrics } from './registered-metrics.js';

const run = promisify(execFile);

/** Every series that Prometheus can store of the services, with its labels. */
const series = new Map<string, readonly string[]>([
  ['up', []],
  ...[...registeredMetrics(), ...processMetrics()].flatMap(({ name, type, labels }): [string, readonly string[]][] =>
    type === 'histogram'
      ? [
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]],
  ),
]);

/** What an expression names and the services do not expose. */
const missingIn = (expr: string): string[] =>
  seriesIn(expr).flatMap(({ metric, labels }) => {
    const known = series.get(metric);
    if (!known) return [metric];
    return labels
      .filter((label) => !['job', 'instance', ...known].includes(label))
      .map((label) => `${label} of ${metric}`);
  });

const queries = dashboards.flatMap(({ name, panels }) =>
  panels.flatMap(({ title, queries: ofPanel }) =>
    Object.entries(ofPanel).map(([legend, expr]) => ({ where: `${name}: ${title}`, legend, expr })),
  ),
);

describe('each query of a dashboard', () => {
  it('asks for metrics and labels that the services expose', () => {
    expect(queries.flatMap(({ where, expr }) => missingIn(expr).map((name) => `${where}: ${name}`))).toEqual([]);
  });

  it('keeps the labels that its legend shows', () => {
    const lost = queries.flatMap(({ where, legend, expr }) => {
      const grouped = /\bby \(/.test(expr) ? seriesIn(expr).flatMap(({ labels }) => labels) : ['job', 'instance'];
      return [...legend.matchAll(/\{\{(\w+)\}\}/g)].flatMap(([, label]) =>
        grouped.includes(label!) ? [] : [`${where}: ${label}`],
      );
    });
    expect(lost).toEqual([]);
  });

  it('would be found out if it named what is not there', () => {
    expect(missingIn('sum by (job, nome) (increase(periodic_job_runs_total{outcom="failed"}[5m])) > 0')).toEqual([
      'outcom of periodic_job_runs_total',
      'nome of periodic_job_runs_total',
    ]);
    expect(missingIn('histogram_quantile(0.99, sum by (le) (rate(no_such_bucket[1m]))) > 5')).toEqual([
      'no_such_bucket',
    ]);
  });
});

describe('each alert', () => {
  const rules = alertRules();

  it('asks for metrics and labels that the services expose', () => {
    expect(rules.flatMap(({ alert, expr }) => missingIn(expr).map((name) => `${alert}: ${name}`))).toEqual([]);
  });

  it('says how urgent it is, and where its runbook stands', () => {
    expect(rules.length).toBeGreaterThan(15);
    for (const { alert, severity, runbook } of notEmpty(rules))
      expect({ alert, severity, runbook }).toEqual({
        alert,
        severity: expect.stringMatching(/^(page|ticket)$/),
        runbook: `docs/runbooks.md#${alert.toLowerCase()}`,
      });
  });

  it('has a runbook that says what it means, where to look and what to do, and each runbook has an alert', async () => {
    const page = await readFile(join(repositoryRoot, 'docs', 'runbooks.md'), 'utf8');
    const sections = page.split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(rules.map(({ alert }) => alert));
    const parts = (section: string): string[] =>
      [...section.matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(([, part]) => part!);
    for (const section of notEmpty(sections))
      expect([section.split('\n')[0], ...parts(section)].slice(1)).toEqual(['Means', 'Look', 'Do']);
  });

  it('fires in a case of its own', async () => {
    const cases = await readFile(join(repositoryRoot, 'infra/prometheus/alerts.test.yml'), 'utf8');
    const fired = [...cases.matchAll(/- labels: 'ALERTS\{alertname="(\w+)"/g)].map(([, alert]) => alert!);
    expect([...new Set(fired)].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });

  it('covers every failure of a periodic job, of the relay and of the books', () => {
    const asked = new Set(rules.flatMap(({ expr }) => seriesIn(expr).map(({ metric }) => metric)));
    const wanted = [
      'periodic_job_runs_total',
      'periodic_job_success_age_seconds',
      'outbox_store_failures_total',
      'ledger_unbalanced_minor_units',
      'reconciliation_differences_open',
    ];
    expect(wanted.filter((name) => !asked.has(name))).toEqual([]);
  });
});

const hasPromtool = await run('promtool', ['--version']).then(
  () => true,
  () => false,
);
const withPromtool = hasPromtool ? describe : describe.skip;

withPromtool('promtool', () => {
  it('accepts the alerts', async () => {
    expect((await run('promtool', ['check', 'rules', '--lint-fatal', alertsFile])).stdout).toContain('SUCCESS');
  });

  it('sees each alert fire in its case, and not before', async () => {
    const { stdout } = await run('promtool', ['test', 'rules', 'infra/prometheus/alerts.test.yml'], {
      cwd: repositoryRoot,
    });
    expect(stdout).toContain('SUCCESS');
  });

  it('accepts every query of the dashboards', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-queries-'));
    const file = join(folder, 'queries.yml');
    const rules = queries.map(({ expr }, index) => ({ record: `query_${index}`, expr }));
    await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    try {
      expect((await run('promtool', ['check', 'rules', file])).stdout).toContain('SUCCESS');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('accepts the configuration of Prometheus', async () => {
    const { stdout } = await run('promtool', [
      'check',
      'config',
      join(repositoryRoot, 'infra/prometheus/prometheus.yml'),
    ]);
    expect(stdout).toContain('SUCCESS');
  });
});
