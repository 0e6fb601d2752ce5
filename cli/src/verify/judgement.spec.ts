import { describe, expect, it } from '@jest/globals';
import { invariants, type Evidence } from '#checker';
import { judge, judgeRows } from './judgement.js';
import { showJudgement } from './show-judgement.js';

const quiet: Evidence = {
  history: [],
  exchanges: [],
  faults: [],
  charges: [],
  refunds: [],
  balanceTransactions: [],
  holds: [],
  transfers: [],
  entries: [],
  requests: [],
  unanswered: [],
  unsent: 0,
  parked: 0,
};
const outcomesOf = (evidence: Evidence): Record<string, string> =>
  Object.fromEntries(judge(evidence).map(({ id, outcome }) => [id, outcome]));

describe('holdfast verify', () => {
  it('checks promises on databases and journals, and names those that need the clients’ history', () => {
    const outcomes = outcomesOf(quiet);
    expect(Object.keys(outcomes)).toEqual(invariants.map(({ id }) => id));
    expect(outcomes).toMatchObject({
      A1: 'held',
      A8: 'held',
      A4: 'not judged',
      A15: 'held in part',
      A17: 'not judged',
    });
  });

  it('names the broken promises with their cases', () => {
    const judged = judge({ ...quiet, parked: 2, unanswered: [{ account: 'acct_1', key: 'k' }] });
    expect(judged.filter(({ outcome }) => outcome === 'broken').map(({ id }) => id)).toEqual(['A7', 'A15']);
    const lines = showJudgement([...judged, judgeRows(false, 'ch_1')], quiet, 100);
    expect(lines).toContainEqual(expect.stringMatching(/^broken +A7 +every charge and refund has ended/));
    expect(lines).toContainEqual(expect.stringMatching(/^ +! 2 events are parked$/));
    expect(lines.at(-1)).toBe('3 promises are broken: A7, A15, A10 rows.');
  });

  it('says that no promise is broken', () => {
    expect(showJudgement([...judge(quiet), judgeRows(true, '')], quiet, 100).at(-1)).toBe('No promise is broken.');
  });
});
