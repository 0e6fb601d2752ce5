import { describe, expect, it } from '@jest/globals';
import { aStrike, runFacts } from '../testing/run-facts.js';
import type { RunFacts } from './run-facts.js';
import { judgeLogs, warningsUsed } from './warnings.js';

const factsWith = (strikes: RunFacts['strikes']): RunFacts => {
  const { beganAt, logs } = runFacts();
  const warning = {
    atMs: beganAt + 12_000,
    level: 'warn',
    service: 'ledger',
    instance: 'ledger-2',
    message: 'a periodic job did not get through; it will run again',
    detail: '{"periodicJob":"roll-up"}',
  } as const;
  return runFacts({ strikes, logs: { ...logs, warnings: [warning] } });
};

describe('logs', () => {
  it('break a run by a warning that no fault explains, and name the instance', () => {
    const facts = factsWith([aStrike({ kind: 'kill', processes: ['kafka'] })]);
    expect(judgeLogs(facts)).toEqual({
      lines: [
        `ledger-2 at ${new Date(facts.beganAt + 12_000).toISOString()}: warn: a periodic job did not get through; it will run again {"periodicJob":"roll-up"}`,
      ],
      looked: '1 warnings and errors',
    });
    expect([...warningsUsed(facts)]).toEqual([]);
  });

  it('do not break a run by a warning that a fault explains, and count its entry as used', () => {
    const facts = factsWith([aStrike({ kind: 'kill', processes: ['postgres'] })]);
    expect(judgeLogs(facts).lines).toEqual([]);
    expect([...warningsUsed(facts)]).toEqual([['job-interrupted', 1]]);
  });
});
