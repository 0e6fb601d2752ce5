import { describe, expect, it } from '@jest/globals';
import { bank as events, type bankProtocol } from '#contracts';
import { usd } from '#money';
import {
  alder,
  birch,
  cedar,
  declined,
  everyBank,
  notFound,
  notProcessed,
  operation,
  moment,
  report,
  reversal,
  timedOut,
  times,
  yes,
  no,
} from '../../test/operation-under-test.js';
import {
  appendAttempt,
  recordInquiry,
  recordReversal,
  startReversal,
  takeOver,
  type Operation,
} from '../operations/operation.js';
import {
  authorized,
  authorizing,
  banks,
  captured,
  capturing,
  everyState,
  paidWith,
  terms,
  voided,
  voiding,
} from '../../test/authorization-under-test.js';
import { afterOperation, authorizations, capture, release } from './authorization.js';
import { liveOperations, type Authorization } from './authorization-state.js';

const { restate } = authorizations;
const about = { chargeId: 'ch_1', account: 'acct_1' };

/** What the given state becomes when its live operation has come to this. */
const after = (state: Authorization, next: Operation, ...unavailable: bankProtocol.BankName[]) =>
  afterOperation(state, next, banks(...unavailable));

const atCedar: Authorization = {
  state: 'authorizing',
  terms: paidWith('amex'),
  operations: [operation('authorize', cedar)],
  cancellation: null,
};

describe('an authorization', () => {
  it('is authorized by the bank’s approval, and says so', () => {
    const approved = operation('authorize', alder, yes.authorize);
    const { state, emit } = after(authorizing, approved);
    expect(state).toEqual({ ...authorized, operations: [approved] });
    expect(emit).toEqual([
      events.authorizationApproved({
        ...about,
        amount: usd(1_000),
        capture: 'automatic',
        bank: 'alder',
        bankAuthorizationId: 'au_1',
        fault: null,
      }),
    ]);
  });

  it('is declined by the bank’s no, with its code', () => {
    const { state, emit } = after(authorizing, operation('authorize', alder, declined));
    expect(state).toMatchObject({ state: 'declined', bank: 'alder', code: 'lost_card' });
    expect(emit).toEqual([events.authorizationDeclined({ ...about, bank: 'alder', code: 'lost_card' })]);
  });

  it('asks the second bank of its network when the first certainly processed nothing', () => {
    const givenUp = report(operation('authorize', alder, null), alder, notProcessed, { breakerOpen: true });
    const { state, emit } = after(authorizing, givenUp, 'alder');
    expect(state).toMatchObject({
      state: 'authorizing',
      operations: [givenUp, { bank: 'birch', reference: 'ch_1.authorize.birch', phase: 'open', attempts: [] }],
    });
    expect(emit).toEqual([]);
  });

  it('never asks a bank twice: it fails when the second cannot be asked either', () => {
    const first = report(operation('authorize', alder, null), alder, notProcessed, { breakerOpen: true });
    const second = operation('authorize', birch, null);
    const both: Authorization = { state: 'authorizing', terms, operations: [first, second], cancellation: null };
    const { state, emit } = after(both, report(second, birch, notProcessed, { breakerOpen: true }));
    expect(state).toMatchObject({ state: 'failed', bank: 'birch', reason: 'not_processed' });
    expect(emit).toEqual([events.authorizationFailed({ ...about, bank: 'birch', reason: 'not_processed' })]);
  });

  it('fails when the only bank of its network gave up', () => {
    const givenUp = report(operation('authorize', cedar, null), cedar, notProcessed, { breakerOpen: true });
    expect(after(atCedar, givenUp, 'cedar').state).toMatchObject({ state: 'failed', bank: 'cedar' });
  });

  it.each(everyBank)('reversed out of doubt at $name fails, and asks no other bank', (bank) => {
    const reversing = startReversal(operation('authorize', bank, timedOut));
    const reversed = recordReversal(reversing, bank, reversal({ state: 'reversed' }), moment());
    const { state, emit } = after({ ...authorizing, operations: [reversing] }, reversed);
    expect(state).toMatchObject({ state: 'failed', bank: bank.name, reason: 'reversed_out_of_doubt' });
    expect(emit).toEqual([events.authorizationFailed({ ...about, bank: bank.name, reason: 'reversed_out_of_doubt' })]);
  });

  it('asks no other bank once an attempt may have arrived, even when it turns out that it did not', () => {
    const enforcing = { ...alder, idempotent: false };
    const doubtful = operation('authorize', enforcing, timedOut);
    const givenUp = recordInquiry(doubtful, enforcing, notFound(3_001), 1, moment(3_001, { breakerOpen: true }));
    expect(givenUp.end).toEqual({ kind: 'not_performed', reason: 'not_processed' });
    const { state } = after({ ...authorizing, operations: [doubtful] }, givenUp, 'alder');
    expect(state).toMatchObject({ state: 'failed', bank: 'alder', reason: 'not_processed' });
  });

  it('keeps what is recorded of an operation that goes on, and says nothing', () => {
    const doubtful = operation('authorize', alder, timedOut);
    expect(after(authorizing, doubtful)).toEqual({
      state: { ...authorizing, operations: [doubtful] },
      emit: [],
      result: undefined,
      changed: true,
    });
  });

  it.each(everyState)('that is $state does not change when there is nothing to record', (state) => {
    expect(afterOperation(state, undefined, banks()).changed).toBe(false);
    expect(afterOperation(state, liveOperations(state)[0], banks()).changed).toBe(false);
  });

  it.each([authorized, captured, voided])('that is $state takes no late record: it has no live operation', (state) => {
    expect(liveOperations(state)).toEqual([]);
    expect(afterOperation(state, operation('authorize', alder, declined), banks())).toMatchObject({
      state,
      changed: false,
    });
  });
});

describe('the closing slot', () => {
  it('is taken by a capture, which is captured by the bank’s yes', () => {
    expect(capture(authorized, usd(1_000))).toMatchObject({ state: capturing, emit: [] });
    const { state, emit } = after(capturing, operation('capture', alder, yes.capture));
    expect(state).toEqual(captured);
    expect(emit).toEqual([
      events.captureSucceeded({ ...about, amount: usd(1_000), bank: 'alder', bankCaptureId: 'cp_1' }),
    ]);
  });

  it('passes to a void when the capture is definitely refused, in the same commit', () => {
    const refused = operation('capture', alder, no.capture);
    const { state, emit } = after(capturing, refused);
    expect(state).toMatchObject({
      state: 'voiding',
      cause: 'capture_failed',
      refusalCode: 'refused_by_bank',
      operations: [{}, refused, { kind: 'void', reference: 'ch_1.void', bank: 'alder', phase: 'open' }],
    });
    expect(emit).toEqual([events.captureFailed({ ...about, bank: 'alder', code: 'refused_by_bank' })]);
  });

  it('rule 10: is not given up by a capture that may have been performed', () => {
    const doubtful = operation('capture', cedar, timedOut);
    const state = after(capturing, doubtful).state;
    expect(state).toMatchObject({ state: 'capturing', operations: [{}, { doubtSince: expect.any(Number) }] });
    expect(() => release(state as typeof authorized, 'hold_refused', null)).toThrow('the closing slot is taken');
  });

  it('is held by a void until the bank has given the authorization back', () => {
    expect(release(authorized, 'hold_refused', null)).toEqual(voiding);
    const { state, emit } = after(voiding, operation('void', alder, yes.void));
    expect(state).toEqual(voided);
    expect(emit).toEqual([
      events.authorizationVoided({ ...about, bank: 'alder', cause: 'hold_refused', refusalCode: null }),
    ]);
  });

  it.each(everyBank)('rule 9: counts the reversal that follows a refused void at $name as voided', (bank) => {
    const refused = operation('void', bank, no.void);
    const between = after(voiding, refused).state;
    expect(between).toMatchObject({ state: 'voiding' });
    const reversed = recordReversal(refused, bank, reversal({ state: 'already_reversed' }), moment());
    expect(after(between, reversed)).toMatchObject({
      state: { state: 'voided' },
      emit: [{ id: 'ch_1.authorization_voided' }],
    });
  });

  it('is never free while a worker may be busy with it', () => {
    for (const state of [capturing, voiding]) {
      const takenOver = takeOver(appendAttempt(liveOperations(state)[0]!, times()), moment());
      expect(liveOperations(after(state, takenOver).state)).toHaveLength(1);
    }
  });
});

describe('the restatement', () => {
  const failed = (bank: typeof alder | typeof cedar) =>
    report(operation('authorize', bank, null), bank, notProcessed, { breakerOpen: true });
  const turns: [string, ReturnType<typeof afterOperation>][] = [
    ['authorized', after(authorizing, operation('authorize', alder, yes.authorize))],
    ['declined', after(authorizing, operation('authorize', alder, declined))],
    ['failed', after(atCedar, failed(cedar))],
    ['authorizing', after(authorizing, failed(alder))],
    ['capturing', capture(authorized, usd(1_000))],
    ['captured', after(capturing, operation('capture', alder, yes.capture))],
    ['voiding', after(capturing, operation('capture', alder, no.capture))],
    ['voided', after(voiding, operation('void', alder, yes.void))],
  ];

  it.each(turns)('of %s equals what was said when it came to be', (name, { state, emit }) => {
    expect(state.state).toBe(name);
    expect(restate(state)).toEqual(emit);
  });

  it('of what was never seen, and of a void that somebody else asked for, is nothing', () => {
    expect(restate({ state: 'none', banks: [] })).toEqual([]);
    expect(restate(release(authorized, 'hold_refused', null))).toEqual([]);
  });

  it('is not changed by what is recorded of an operation on the way', () => {
    const underWay = after(capturing, operation('capture', alder, no.capture)).state;
    const later = after(underWay, operation('void', alder, timedOut)).state;
    expect(restate(later)).toEqual(restate(underWay));
  });
});
