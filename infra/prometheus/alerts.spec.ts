import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../local/repository.js';

/** Words of PromQL, and the one metric that Prometheus makes itself. */
const ofPrometheus = new Set(
  'up by sum max min increase rate histogram_quantile and or unless offset ignoring on without time'.split(' '),
);

const rules = async (): Promise<{ alert: string; expr: string }[]> => {
  const text = await readFile(join(repositoryRoot, 'infra/prometheus/alerts.yml'), 'utf8');
  const blocks = text.split(/^ {6}- alert: /m).slice(1);
  return blocks.map((block) => {
    const [, folded, plain] = /^ {8}expr: (?:>-\n((?: {10}.*\n)+)|(.+)\n)/m.exec(block)!;
    return { alert: block.slice(0, block.indexOf('\n')), expr: (folded ?? plain!).replaceAll(/\s+/g, ' ').trim() };
  });
};

/** Names in an expression that are neither labels nor words of PromQL. */
function metricsIn(expr: string): string[] {
  const bare = expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring) \([^)]*\)/g, ' ');
  return (bare.match(/[a-z_][a-z0-9_]*/g) ?? []).filter((word) => !ofPrometheus.has(word));
}

/** Every metric that the code makes, with the labels that it says. */
async function metricsOfTheCode(): Promise<Map<string, readonly string[]>> {
  const metrics = new Map<string, readonly string[]>();
  for (const folder of ['apps', 'libs']) {
    const files = await readdir(join(repositoryRoot, folder), { recursive: true });
    for (const file of files.filter((each) => each.endsWith('.ts') && !each.endsWith('.spec.ts'))) {
      const source = await readFile(join(repositoryRoot, folder, file), 'utf8');
      for (const [, kind, text] of source.matchAll(/\.(counter|gauge|histogram)\(\s*\{([^}]*)\}/g)) {
        const name = /name: '([a-z_]+)'/.exec(text!)?.[1];
        if (name === undefined) continue;
        const labels = [...(/labels: \[([^\]]*)\]/.exec(text!)?.[1] ?? '').matchAll(/'([a-z]+)'/g)].map(
          ([, each]) => each!,
        );
        if (kind === 'histogram')
          for (const part of ['bucket', 'sum', 'count']) metrics.set(`${name}_${part}`, [...labels, 'le']);
        else metrics.set(name, labels);
      }
    }
  }
  return metrics;
}

describe('the alerts', () => {
  let metrics: Map<string, readonly string[]>;
  beforeAll(async () => {
    metrics = await metricsOfTheCode();
  });

  it('are about metrics that exist', async () => {
    const missing = (await rules()).flatMap(({ alert, expr }) =>
      metricsIn(expr).flatMap((name) => (metrics.has(name) ? [] : [`${alert}: ${name}`])),
    );
    expect(missing).toEqual([]);
  });

  it('ask for labels that these metrics have', async () => {
    const missing = (await rules()).flatMap(({ alert, expr }) => {
      const labels = new Set(['job', 'instance', ...metricsIn(expr).flatMap((name) => metrics.get(name) ?? [])]);
      const asked = [...expr.matchAll(/\bby \(([^)]*)\)|\{([a-z]+)=/g)].flatMap(([, by, match]) =>
        (by ?? match!).split(', '),
      );
      return asked.flatMap((label) => (labels.has(label) ? [] : [`${alert}: ${label}`]));
    });
    expect(missing).toEqual([]);
  });

  it('say of every failure of a periodic job, and of the relay', async () => {
    const asked = new Set((await rules()).flatMap(({ expr }) => metricsIn(expr)));
    const wanted = ['periodic_job_runs_total', 'periodic_job_success_age_seconds', 'outbox_store_failures_total'];
    expect(wanted.filter((name) => !asked.has(name))).toEqual([]);
  });

  it('would be found out if they named what is not there', () => {
    expect(metricsIn('sum by (job, name) (increase(no_such_total{outcome="failed"}[5m])) > 0')).toEqual([
      'no_such_total',
    ]);
  });
});
