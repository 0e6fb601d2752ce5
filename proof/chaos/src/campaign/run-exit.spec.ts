import { describe, expect, it } from '@jest/globals';
import { sometimes } from '#checker';
import { campaignOf, campaignRunOf, runWithoutVerdict } from './campaign.js';
import { reportOf } from '../report/report.js';
import { planOf } from '../run/plan.js';
import { faultKinds } from '../schedule/fault.js';
import type { DifferentFacts } from '../testing/run-facts.js';
import { aStrike } from '../testing/run-facts.js';
import { soundRun } from '../testing/sound-run.js';
import { endingOfCampaign, endingOfRun, endingWithoutVerdict } from './run-exit.js';

const command = 'npm run chaos -- --seed 7 --minutes 1';
const plan = planOf({ seed: 7, minutes: 1, kinds: faultKinds });
const report = (facts: DifferentFacts = {}, reaches: readonly string[] = []) =>
  reportOf({ ...plan, reaches }, soundRun(facts), command);

describe('how a run ends', () => {
  it('is 0 when every promise was kept', () => {
    expect(endingOfRun(report())).toEqual({ exitCode: 0, sentence: 'Every promise was kept.' });
  });

  it('is 1 for a broken promise, of the checker or of the chaos suite', () => {
    const violations = [{ id: 'A1', promise: 'once', lines: ['ch_1: twice'] }];
    const verdict = { holds: false, charges: 3, violations };
    expect(endingOfRun(report({ verdict, quietAfterMs: 70_000 }))).toEqual({
      exitCode: 1,
      sentence: `The run is not sound (broken: A1, A7 in time). To repeat it: ${command}`,
    });
  });

  it('is 1 for a hard state that a scenario did not reach', () => {
    const { exitCode, sentence } = endingOfRun(report({}, ['leader-replaced']));
    expect(exitCode).toBe(1);
    expect(sentence).toContain('every promise was kept, but a hard state was not reached: a leader was replaced');
    const facts = { leasesPassed: new Map([[1, 1]]) };
    expect(endingOfRun(report(facts, ['leader-replaced']))).toMatchObject({ exitCode: 0 });
  });

  it('is 1 for a fault that could not be injected', () => {
    const strikes = [
      aStrike({ kind: 'kill', processes: ['kafka'] }, { words: 'kill -9 kafka', error: 'no such process' }),
    ];
    const { exitCode, sentence } = endingOfRun(report({ strikes }));
    expect(exitCode).toBe(1);
    expect(sentence).toContain('a fault could not be injected: kill -9 kafka: no such process');
  });

  it('is 1 without a verdict, and 130 after an interruption', () => {
    expect(endingWithoutVerdict(new Error('the journal of alder cannot be read'), false)).toEqual({
      exitCode: 1,
      sentence: 'The run has no verdict, so it is not sound: the journal of alder cannot be read',
    });
    expect(endingWithoutVerdict(new Error('interrupted'), true)).toMatchObject({ exitCode: 130 });
  });
});

describe('how a campaign ends', () => {
  const about = { title: 'Seed 7', page: 'report.html', kept: undefined, tookMs: 1 };
  const reachingAll = sometimes.map(({ id, what }) => ({ id, what, times: 1 }));
  const soundOne = { ...campaignRunOf(report(), about), sometimes: reachingAll };
  const brokenOne = { ...campaignRunOf(report({ quietAfterMs: undefined }), about), sometimes: reachingAll };
  const unjudged = runWithoutVerdict({ ...about, command, why: 'Kafka did not start', kept: '/tmp/here' });
  const ending = (runs: Parameters<typeof campaignOf>[0]['runs'], planned = runs.length, interrupted = false) =>
    endingOfCampaign(campaignOf({ command, beganAt: '', planned, runs, mustReachAll: true, interrupted }));

  it('is 0 when its runs are sound and reached every hard state', () => {
    expect(ending([soundOne, soundOne])).toEqual({ exitCode: 0, sentence: 'Every promise was kept.' });
  });

  it('is 1 for a run that is not sound, and for a run without a verdict', () => {
    expect(ending([soundOne, brokenOne])).toEqual({
      exitCode: 1,
      sentence: 'The campaign failed: 1 of 2 runs are not sound.',
    });
    expect(ending([soundOne, unjudged])).toEqual({
      exitCode: 1,
      sentence: 'The campaign failed: 1 of 2 runs have no verdict.',
    });
  });

  it('is 1 for a hard state that no run reached', () => {
    const lacking = { ...soundOne, sometimes: reachingAll.slice(1) };
    expect(ending([lacking, lacking])).toEqual({
      exitCode: 1,
      sentence: `The campaign failed: not reached: ${sometimes[0]!.what}.`,
    });
  });

  it('is 1 when runs are missing, and 130 after an interruption', () => {
    expect(ending([soundOne], 2)).toMatchObject({ exitCode: 1 });
    expect(ending([soundOne], 2, true)).toMatchObject({ exitCode: 130 });
  });
});
