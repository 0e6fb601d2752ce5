import { describe, expect, it } from '@jest/globals';
import { bank as events, ledger, type ledger as Ledger } from '#contracts';
import { usd } from '#money';
import { authorized, banks, captured, given, none, refunding, voided } from '../../../test/authorization-under-test.js';
import {
  alder,
  dogwood,
  moment,
  operation,
  report,
  reversal,
  timedOut,
  times,
  yes,
} from '../../../test/operation-under-test.js';
import { appendAttempt } from '../authorization/attempt.js';
import { recordReversal } from '../authorization/reversal.js';
import { startReversal, type Operation } from '../authorization/operation.js';
import { afterOperation, authorizations } from '../authorization/authorization.js';
import { liveOperations, type Authorization } from '../authorization/authorization-state.js';

type Difference = Ledger.DifferenceFound;
/** A second capture of the charge in the statement. */
const stray = { bankId: 'cp_9', movement: 'capture', amount: usd(1_000) } as const;
const difference = (parts: Partial<Difference> = {}) =>
  ledger.differenceFound({
    differenceId: 'alder.cp_9.unknown_to_ledger',
    kind: 'unknown_to_ledger',
    bank: 'alder',
    chargeId: 'ch_1',
    account: 'acct_1',
    reference: 'ch_1.capture',
    ...stray,
    ...parts,
  });
const found = (state: Authorization, parts: Partial<Difference> = {}) => given(state).when(difference(parts));
const undoing = { kind: 'reversal', phase: 'reversing', reference: 'ch_1.stray.cp_9', bank: 'alder', stray };

describe('a difference about a recorded performance', () => {
  it('restates its event, and changes nothing', () => {
    const { emit, changed } = found(captured, { bankId: 'cp_1' });
    expect(changed).toBe(false);
    expect(emit).toEqual(authorizations.restate(captured));
  });

  it('restates the approval too, if the ledger missed it, also in later states', () => {
    const missed = { bankId: 'au_1', movement: 'authorization', reference: 'ch_1.authorize.alder' } as const;
    expect(found(captured, missed).emit.map(({ id }) => id)).toEqual([
      'ch_1.authorization_approved',
      'ch_1.capture_succeeded',
    ]);
    expect(found(voided, missed).emit.map(({ id }) => id)).toEqual([
      'ch_1.authorization_approved',
      'ch_1.authorization_voided',
    ]);
    expect(found(authorized, missed).emit).toEqual(authorizations.restate(authorized));
  });

  it('is a stray when another bank performed it under that id', () => {
    expect(found(captured, { bankId: 'cp_1', bank: 'birch' }).state).toMatchObject({
      operations: [{}, {}, { kind: 'reversal', bank: 'birch' }],
    });
  });
});

describe('rule 11: a difference about a stray', () => {
  it('is reversed by its bank id when the operation has ended with another performance', () => {
    const { state, emit } = found(captured);
    expect(state).toMatchObject({ state: 'captured', operations: [{}, {}, undoing] });
    expect(emit).toEqual([]);
  });

  it('is reversed when the operation has ended without a performance', () => {
    const reversing = startReversal(operation('authorize', dogwood, timedOut));
    const over = recordReversal(reversing, dogwood, reversal({ state: 'reversed' }), moment());
    const failed: Authorization = {
      state: 'failed',
      terms: captured.terms,
      operations: [over],
      bank: 'dogwood',
      reason: 'reversed_out_of_doubt',
    };
    const late = { bankId: 'au_9', movement: 'authorization', bank: 'dogwood', reference: over.reference } as const;
    expect(found(failed, late).state).toMatchObject({ state: 'failed', operations: [{}, { kind: 'reversal' }] });
  });

  it('is reversed when no operation has that reference', () => {
    expect(found(captured, { reference: 'planted' }).state).toMatchObject({ operations: [{}, {}, undoing] });
  });

  it('is reversed once', () => {
    const once = found(captured).state;
    expect(found(once)).toMatchObject({ state: once, changed: false, emit: [] });
  });

  it('emits `stray_reversed` when the bank has acknowledged it, and restates it from then on', () => {
    const state = found(captured).state;
    const live = liveOperations(state)[0]!;
    const answer = reversal({ state: 'reversed', reversals: [{ bankId: 'rv_9', reverses: 'cp_9' }] });
    const done = afterOperation(state, recordReversal(live, alder, answer, moment()), banks());
    const said = events.strayReversed({
      chargeId: 'ch_1',
      account: 'acct_1',
      bank: 'alder',
      ...stray,
      reversalBankId: 'rv_9',
    });
    expect(done.emit).toEqual([said]);
    expect(authorizations.restate(done.state)).toContainEqual(said);
  });

  it('does not take the closing slot, nor block a refund', () => {
    const both = found(refunding('re_1')).state;
    expect(liveOperations(both).map(({ kind }) => kind)).toEqual(['refund', 'reversal']);
  });
});

describe('rule 11: a difference about a live operation', () => {
  const seen = { bankId: 'rf_9', movement: 'refund', amount: usd(300), reference: 'ch_1.refund.re_1' } as const;
  const { reference: _, ...suspected } = seen;
  const waiting = found(refunding('re_1'), seen);
  const refund = liveOperations(waiting.state)[0]!;
  const end = (of: Operation, answer: typeof yes.refund) =>
    afterOperation(waiting.state, report(appendAttempt(of, times()), alder, answer), banks());

  it('is remembered and not reversed: it may be its own performance', () => {
    expect(waiting.emit).toEqual([]);
    expect(refund).toMatchObject({ kind: 'refund', phase: 'open', suspects: [suspected] });
    expect(liveOperations(waiting.state)).toHaveLength(1);
  });

  it('is reversed when the operation ends with another performance', () => {
    const { state, emit } = end(refund, yes.refund);
    expect(emit.map(({ id }) => id)).toEqual(['re_1.refund_succeeded']);
    expect(state).toMatchObject({
      operations: [{}, {}, { end: { bankId: 'rf_1' }, suspects: [] }, { kind: 'reversal', stray: suspected }],
    });
  });

  it('is not reversed when the operation ends with that one', () => {
    const { state } = end({ ...refund, suspects: [{ ...suspected, bankId: 'rf_1' }] }, yes.refund);
    expect(liveOperations(state)).toEqual([]);
  });
});

it.each([
  ['a charge that was never seen', none, {}],
  ['what the bank knows nothing of', captured, { kind: 'unknown_to_bank', bankId: null, reference: null }],
  ['an amount', captured, { kind: 'amount_differs' }],
] as const)('a difference about %s is left to an operator', (_what, state, parts) => {
  expect(found(state, parts)).toMatchObject({ state, emit: [], changed: false });
});
