import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../local/repository.js';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly severity: string | undefined;
  readonly runbook: string | undefined;
}

export const alertsFile = join(repositoryRoot, 'infra/prometheus/alerts.yml');

/** The rules of alerts.yml, which is written in one form: a test of promtool reads it as Prometheus does. */
export function alertRules(text = readFileSync(alertsFile, 'utf8')): AlertRule[] {
  return text
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((block) => {
      const [, folded, plain] = /^ {8}expr: (?:>-\n((?: {10}.*\n)+)|(.+)\n)/m.exec(block) ?? [];
      const expr = folded ?? plain;
      if (expr === undefined) throw new Error(`alerts.yml: a rule without an expression: ${block}`);
      return {
        alert: block.slice(0, block.indexOf('\n')),
        expr: expr.replaceAll(/\s+/g, ' ').trim(),
        severity: /severity: (\w+)/.exec(block)?.[1],
        runbook: /runbook_url: (\S+)/.exec(block)?.[1],
      };
    });
}
