import type { bankProtocol } from '#contracts';
import { table } from '../table.js';

/** One line per active fault rule. */
export function faultTable(rules: readonly bankProtocol.StandingFaultRule[]): string {
  return table(
    ['id', 'fault', 'strikes at', 'operation', 'parameters', 'struck'],
    rules.map((rule) => [
      rule.id,
      rule.fault,
      scopeOf(rule),
      rule.operation ?? 'all',
      wordsOf(rule.parameters) || '-',
      rule.times === undefined ? String(rule.strikes) : `${rule.strikes} of ${rule.times}`,
    ]),
  );
}

function scopeOf({ scope, probability }: bankProtocol.StandingFaultRule): string {
  const where = wordsOf(scope) || 'every bank';
  return probability === 1 ? where : `${where}, ${probability * 100} % of requests`;
}

const wordsOf = (values: object): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
