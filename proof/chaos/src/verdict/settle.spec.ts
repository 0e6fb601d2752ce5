import { describe, expect, it } from '@jest/globals';
import type { Verdict } from '#checker';
import { runFacts } from '../testing/run-facts.js';
import { settle, type SettlingSystem } from './settle.js';

const kept: Verdict = { holds: true, charges: 1, violations: [] };
const broken: Verdict = {
  holds: false,
  charges: 1,
  violations: [{ id: 'A8', promise: 'agree', lines: ['ch_1: differs'] }],
};

/** A system in virtual time, five seconds after its last fault. */
function system({ unsettledUntilMs = 0, brokenUntilMs = 0 }: { unsettledUntilMs?: number; brokenUntilMs?: number }) {
  let nowMs = 5_000;
  const looks: SettlingSystem = {
    unsettled: () => Promise.resolve(nowMs < unsettledUntilMs ? 3 : 0),
    evidence: () => Promise.resolve({ ...runFacts().evidence, unsent: nowMs }),
    check: ({ unsent }) => (unsent < brokenUntilMs ? broken : kept),
    elapsedMs: () => nowMs,
    wait: (ms) => Promise.resolve((nowMs += ms)),
  };
  return looks;
}
const never = new AbortController().signal;

describe('settling', () => {
  it('ends at once if nothing is in progress, and measures from the last fault', async () => {
    const settled = await settle(system({}), never);
    expect(settled).toMatchObject({ quietAfterMs: 5_000, soundAfterMs: 5_000, verdict: kept });
    expect(settled.evidence.unsent).toBe(5_000);
  });

  it('waits until nothing is in progress', async () => {
    expect(await settle(system({ unsettledUntilMs: 30_000 }), never)).toMatchObject({ quietAfterMs: 30_000 });
  });

  it('has a verdict for a system that never becomes quiet', async () => {
    const settled = await settle(system({ unsettledUntilMs: Infinity }), never);
    expect(settled).toMatchObject({ quietAfterMs: undefined, verdict: kept });
    expect(settled.evidence.unsent).toBe(125_000);
  });

  it('takes a database that does not answer for work in progress', async () => {
    const away = { ...system({}), unsettled: () => Promise.reject(new Error('away')) };
    expect(await settle(away, never)).toMatchObject({ quietAfterMs: undefined });
  });

  it('waits for reconciliation, and takes the first evidence without a violation', async () => {
    const settled = await settle(system({ unsettledUntilMs: 8_000, brokenUntilMs: 60_000 }), never);
    expect(settled).toMatchObject({ quietAfterMs: 8_000, soundAfterMs: 60_000, verdict: kept });
  });

  it('ends with the violations that are left after the time limit', async () => {
    const settled = await settle(system({ brokenUntilMs: Infinity }), never);
    expect(settled).toMatchObject({ quietAfterMs: 5_000, soundAfterMs: undefined, verdict: broken });
    expect(settled.evidence.unsent).toBe(96_000);
  });

  it('fails without evidence', async () => {
    const blind = { ...system({}), evidence: () => Promise.reject(new Error('the journal of alder cannot be read')) };
    await expect(settle(blind, never)).rejects.toThrow('the journal of alder cannot be read');
  });

  it('stops when it is interrupted', async () => {
    const interrupt = new AbortController();
    interrupt.abort(new Error('interrupted'));
    await expect(settle(system({ unsettledUntilMs: Infinity }), interrupt.signal)).rejects.toThrow('interrupted');
    await expect(settle(system({ brokenUntilMs: Infinity }), interrupt.signal)).rejects.toThrow('interrupted');
  });
});
