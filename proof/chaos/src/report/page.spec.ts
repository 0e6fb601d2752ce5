import { describe, expect, it } from '@jest/globals';
import { countSometimes } from '../verdict/sometimes.js';
import { anExchange, BEGAN_AT } from '../testing/an-exchange.js';
import { aStrike, runFacts } from '../testing/run-facts.js';
import { pageOf } from './page.js';
import { recoveriesOf } from './recovery.js';
import type { ChaosReport } from './report.js';
import { timelineOf } from './timeline.js';

const strikes = [
  aStrike({ kind: 'kill', processes: ['ledger'] }),
  aStrike({ kind: 'bank', rule: { fault: 'hang' } }, { number: 2, struckMs: 12_000 }),
];
const exchanges = Array.from({ length: 40 }, (_, n) =>
  anExchange({ sentAfterMs: n * 1_000, endedAfterMs: n * 1_000 + 80 }),
);

const report: ChaosReport = {
  name: 'random',
  story: 'Everything at once.',
  seed: 7,
  command: 'npm run chaos -- --seed 7 --minutes 1',
  measuredAt: '2026-11-25T12:00:00.000Z',
  failure: null,
  durationMs: 60_000,
  healedMs: 38_000,
  endedMs: 70_000,
  quietAfterMs: 3_000,
  soundAfterMs: null,
  numbers: { requests: 40, keys: 40, charges: {}, refunds: {}, bankRequests: 80, events: 200, stories: { charge: 40 } },
  judged: [{ id: 'A1', promise: 'a promise', lines: [] }],
  sometimes: countSometimes(runFacts()),
  unreached: [],
  chargeStories: [],
  strikes,
  seconds: timelineOf(exchanges, BEGAN_AT),
  breakers: [
    { bank: 'cedar', instance: 'bank-gateway', lane: 'movements', state: 'open', fromMs: 12_000, untilMs: 17_000 },
  ],
  recoveries: recoveriesOf(strikes, exchanges, BEGAN_AT),
  amplification: [{ where: 'clients', operations: 40, attempts: 40, perOperation: 1 }],
  errorLines: {},
  warningsUsed: {},
};

describe('the page', () => {
  it('is self-contained and has no NaN or undefined in it', () => {
    const page = pageOf(report);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).not.toMatch(/(src|href)="/);
    expect(page).toContain('every promise was kept');
  });

  it('shows each violation with its text escaped', () => {
    const judged = [{ id: 'A1', promise: 'a promise', lines: ['ch_1: <b>2</b> captures stand'] }];
    const page = pageOf({ ...report, failure: 'broken: A1', judged });
    expect(page).toContain('broken: A1');
    expect(page).toContain('ch_1: &lt;b&gt;2&lt;/b&gt; captures stand');
  });
});
