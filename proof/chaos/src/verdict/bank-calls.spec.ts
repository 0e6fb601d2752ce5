import { describe, expect, it } from '@jest/globals';
import type { LoggedBreakerTransition } from '../evidence/log-evidence.js';
import { aStrike, runFacts, type DifferentFacts } from '../testing/run-facts.js';
import { anAuthorization } from '../testing/an-authorization.js';
import { judgeCalls } from './bank-calls.js';

const beganAt = runFacts().beganAt;
const breaker = { instance: 'bank-gateway', bank: 'alder', lane: 'movements' } as const;
const moves = [
  { ...breaker, at: beganAt + 1_000, from: 'closed', to: 'open' },
  { ...breaker, at: beganAt + 6_000, from: 'open', to: 'half_open' },
] satisfies LoggedBreakerTransition[];

const judge = (facts: DifferentFacts) => judgeCalls(runFacts(facts)).lines;
const transitions = (...of: LoggedBreakerTransition[]) => ({ logs: { ...runFacts().logs, transitions: of } });

describe('the check of bank calls (A11)', () => {
  const journal = [anAuthorization(2_000)];
  const whileOpen = [expect.stringContaining('1 calls while its breaker was open')];

  it('uses the breaker transitions that instances logged, of isolated breakers too', () => {
    expect(judge({ journal })).toEqual([]);
    expect(judge({ journal, ...transitions(...moves) })).toEqual(whileOpen);
    const own = {
      logs: { ...runFacts().logs, isolatedTransitions: moves.map((move) => ({ ...move, isolatedTo: 'acct_1' })) },
    };
    const ofToken = [anAuthorization(2_000, { account: 'acct_1', token: 'tok_fault_authorize_error' })];
    expect(judge({ journal: ofToken, ...own })).toEqual(whileOpen);
    expect(judge({ journal, ...own })).toEqual([]);
  });

  it('starts again when a process is struck, since its breakers and budgets are new', () => {
    const struckAt = (struckMs: number) => [aStrike({ kind: 'kill', processes: ['bank-gateway'] }, { struckMs })];
    expect(judge({ journal, ...transitions(...moves), strikes: struckAt(1_500) })).toEqual([]);
    expect(judge({ journal, ...transitions(...moves), strikes: struckAt(10_000) })).toEqual(whileOpen);
    const other = [aStrike({ kind: 'kill', processes: ['bank-gateway-2'] }, { struckMs: 1_500 })];
    expect(judge({ journal, ...transitions(...moves), strikes: other })).toEqual(whileOpen);
  });

  it('leaves out inquiries that a frozen bank or a slow network may have delayed', () => {
    const logged = transitions(...moves.map((move) => ({ ...move, bank: 'cedar', lane: 'inquiries' })));
    const { validUntil: _none, ...asked } = anAuthorization(4_000, { bank: 'cedar' });
    const inquiry = [{ ...asked, operation: 'inquire', attemptId: 'ch_1.inquiry.1' } as const];
    const times = { struckMs: 500, liftingMs: 3_000, liftedMs: 3_000 };
    const from = ['bank-gateway'] as const;
    const judgeWith = (fault: Parameters<typeof aStrike>[0]) =>
      judge({ journal: inquiry, ...logged, strikes: [aStrike(fault, times)] });
    expect(judge({ journal: inquiry, ...logged })).toHaveLength(1);
    expect(judgeWith({ kind: 'freeze', processes: ['bank-simulator'] })).toEqual([]);
    expect(judgeWith({ kind: 'one_way', route: { from, to: 'cedar' }, held: 'requests' })).toEqual([]);
    expect(judgeWith({ kind: 'delay', route: { from, to: 'cedar' }, delayMs: 300 })).toEqual([]);
    expect(judgeWith({ kind: 'delay', route: { from, to: 'alder' }, delayMs: 300 })).toHaveLength(1);
    expect(judgeWith({ kind: 'delay', route: { from, to: 'postgres' }, delayMs: 300 })).toHaveLength(1);
    expect(judgeWith({ kind: 'cut', route: { from, to: 'cedar' } })).toHaveLength(1);
    expect(judgeWith({ kind: 'freeze', processes: ['kafka'] })).toHaveLength(1);
  });
});
