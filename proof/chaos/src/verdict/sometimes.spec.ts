import { describe, expect, it } from '@jest/globals';
import { sometimes, type ChargeEvidence } from '#checker';
import { anExchange, captureOf, refundOf, unanswered } from '../testing/an-exchange.js';
import { aStrike, runFacts, type DifferentFacts } from '../testing/run-facts.js';
import type { RunFacts } from './run-facts.js';
import { addUp, countSometimes, missing } from './sometimes.js';

const times = (id: string, facts: DifferentFacts): number =>
  countSometimes(runFacts(facts)).find((reached) => reached.id === id)!.times;
const quiet = runFacts().logs;
const doubt = { instance: 'bank-gateway-2', operation: 'ch_1.capture', bank: 'cedar', kind: 'capture' };
const charge = (state: ChargeEvidence['state']) => ({
  charges: [{ id: 'ch_1', state } as ChargeEvidence],
  refunds: [],
});

describe('the hard states of a run', () => {
  it('are none for an empty run', () => {
    expect(missing(countSometimes(runFacts()))).toHaveLength(sometimes.length);
  });

  it('have unique ids', () => {
    expect(new Set(sometimes.map(({ id }) => id)).size).toBe(sometimes.length);
  });

  it('tell doubts of performed attempts from those of attempts not yet performed', () => {
    const entry = { type: 'entry', bank: 'cedar', reference: 'ch_1.capture', at: 500 } as RunFacts['journal'][number];
    const operations = [{ reference: 'ch_1.capture', endKind: 'succeeded' } as RunFacts['operations'][number]];
    const facts = (at: number) => ({
      journal: [entry],
      operations,
      logs: { ...quiet, doubts: [{ ...doubt, at, reason: 'timeout' }] },
    });
    expect(times('doubt-had-happened', facts(600))).toBe(1);
    expect(times('doubt-had-not', facts(600))).toBe(0);
    expect(times('doubt-had-happened', facts(400))).toBe(0);
    expect(times('doubt-had-not', facts(400))).toBe(1);
  });

  it('attribute a takeover to a crash only after a kill, and to a thaw only after a long freeze', () => {
    const logs = { ...quiet, doubts: [{ ...doubt, at: 1_000_000 + 20_000, reason: 'taken_over' }] };
    const killed = aStrike({ kind: 'kill', processes: ['bank-gateway'] });
    const frozen = aStrike({ kind: 'freeze', processes: ['bank-gateway'] });
    expect(times('crash-after-begun', { logs, strikes: [killed] })).toBe(1);
    expect(times('crash-after-begun', { logs, strikes: [frozen] })).toBe(0);
    expect(times('worker-thawed', { logs, strikes: [frozen] })).toBe(1);
    expect(times('worker-thawed', { logs, strikes: [{ ...frozen, liftingMs: 12_000 }] })).toBe(0);
  });

  it('count duplicates in a topic only for events published shortly before their service was killed', () => {
    const said = [-8_000, -100].map((ms) => ({ service: 'ledger', saidAtMs: 1_000_000 + 10_000 + ms }));
    const copies = { records: 9, events: 7, copies: said };
    const after = (process: 'ledger-2' | 'kafka'): number =>
      times('crash-before-delete', { copies, strikes: [aStrike({ kind: 'kill', processes: [process] })] });
    expect(after('ledger-2')).toBe(1);
    expect(after('kafka')).toBe(0);
  });

  it('count a race only if both requests were sent before either was answered', () => {
    const race = { story: 'capture races cancel' };
    const capture = anExchange({ ...race, ...captureOf('ch_1'), sentAfterMs: 1_000, endedAfterMs: 1_200 });
    const cancelAfter = (sentAfterMs: number) =>
      anExchange({ ...race, ...refundOf('ch_1'), sentAfterMs, endedAfterMs: 1_300 });
    const cancel = cancelAfter(1_100);
    const evidence = charge('canceled');
    expect(times('cancel-won', { exchanges: [capture, cancel], evidence })).toBe(1);
    expect(times('capture-won', { exchanges: [capture, cancel], evidence })).toBe(0);
    expect(times('cancel-won', { exchanges: [capture, cancelAfter(1_250)], evidence })).toBe(0);
  });

  it('count a lost answer that was replayed', () => {
    const lost = unanswered({ number: 1 });
    const again = anExchange({ number: 2, replayed: true });
    expect(times('dropped-answer-replayed', { exchanges: [lost, again] })).toBe(1);
    expect(times('dropped-answer-replayed', { exchanges: [again, { ...lost, number: 3 }] })).toBe(0);
  });

  it('count a pending charge that succeeded once, however often its answer was replayed', () => {
    const pending = anExchange({ body: '{"id": "ch_1", "object": "charge", "status": "pending"}' });
    expect(times('pending-then-succeeded', { exchanges: [pending, pending], evidence: charge('succeeded') })).toBe(1);
    expect(times('pending-then-succeeded', { exchanges: [pending], evidence: charge('failed') })).toBe(0);
  });

  it('are summed over a campaign', () => {
    const one = countSometimes(runFacts({ duplicatesDropped: 2 }));
    const other = countSometimes(runFacts({ leasesPassed: new Map([[1, 3]]) }));
    const reached = addUp([one, other]).filter(({ times }) => times > 0);
    expect(reached.map(({ id, times }) => `${id} ${times}`)).toEqual(['duplicate-dropped 2', 'leader-replaced 3']);
  });
});
