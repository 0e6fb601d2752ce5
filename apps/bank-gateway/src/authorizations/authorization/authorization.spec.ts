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
} from '../../../test/operation-under-test.js';
import { appendAttempt, takeOver } from './attempt.js';
import { recordInquiry } from './inquiry.js';
import { recordReversal } from './reversal.js';
import { startReversal, type Operation } from './operation.js';
import {
  authorized,
  authorizing,
  banks,
  captured,
  capturing,
  everyState,
  paidWith,
  refunding,
  terms,
  voided,
  voiding,
} from '../../../test/authorization-under-test.js';
import { afterOperation, authorizations, cancel, capture, release } from './authorization.js';
import { liveOperations, type Authorization } from './authorization-state.js';

const { restate } = authorizations;
const about = { chargeId: 'ch_1', account: 'acct_1' };

/** The state after its live operation has changed to `next`. */
const after = (state: Authorization, next: Operation, ...unavailable: bankProtocol.BankName[]) =>
  afterOperation(state, next, banks(...unavailable));

const atCedar: Authorization = {
  state: 'authorizing',
  terms: paidWith('amex'),
  operations: [operation('authorize', cedar)],
  cancellation: null,
};

describe('an authorization', () => {
  it('is authorized by the bank’s approval, and emits it', () => {
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

  it('is declined by the bank’s decline, with its code', () => {
    const { state, emit } = after(authorizing, operation('authorize', alder, declined));
    expect(state).toMatchObject({ state: 'declined', bank: 'alder', code: 'lost_card' });
    expect(emit).toEqual([events.authorizationDeclined({ ...about, bank: 'alder', code: 'lost_card' })]);
  });

  it('tries the second bank of its network when the first has not processed any attempt', () => {
    const givenUp = report(operation('authorize', alder, null), alder, notProcessed, { breakerOpen: true });
    const { state, emit } = after(authorizing, givenUp, 'alder');
    expect(state).toMatchObject({
      state: 'authorizing',
      operations: [givenUp, { bank: 'birch', reference: 'ch_1.authorize.birch', phase: 'open', attempts: [] }],
    });
    expect(emit).toEqual([]);
  });

  it('never tries a bank twice: it fails when the second is not available either', () => {
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

  it.each(everyBank)('reversed out of doubt at $name fails, and tries no other bank', (bank) => {
    const reversing = startReversal(operation('authorize', bank, timedOut));
    const reversed = recordReversal(reversing, bank, reversal({ state: 'reversed' }), moment());
    const { state, emit } = after({ ...authorizing, operations: [reversing] }, reversed);
    expect(state).toMatchObject({ state: 'failed', bank: bank.name, reason: 'reversed_out_of_doubt' });
    expect(emit).toEqual([events.authorizationFailed({ ...about, bank: bank.name, reason: 'reversed_out_of_doubt' })]);
  });

  it('tries no other bank once an attempt may have arrived, even if it did not', () => {
    const enforcing = { ...alder, idempotent: false };
    const doubtful = operation('authorize', enforcing, timedOut);
    const givenUp = recordInquiry(doubtful, enforcing, notFound(3_001), 1, moment(3_001, { breakerOpen: true }));
    expect(givenUp.end).toEqual({ kind: 'not_performed', reason: 'not_processed' });
    const { state } = after({ ...authorizing, operations: [doubtful] }, givenUp, 'alder');
    expect(state).toMatchObject({ state: 'failed', bank: 'alder', reason: 'not_processed' });
  });

  it('saves the progress of a live operation, and emits nothing', () => {
    const doubtful = operation('authorize', alder, timedOut);
    expect(after(authorizing, doubtful)).toEqual({
      state: { ...authorizing, operations: [doubtful] },
      emit: [],
      result: undefined,
      changed: true,
    });
  });

  it.each(everyState)('that is $state does not change without a record', (state) => {
    expect(afterOperation(state, undefined, banks()).changed).toBe(false);
    expect(afterOperation(state, liveOperations(state)[0], banks()).changed).toBe(false);
  });

  it.each([authorized, captured, voided])('that is $state ignores a late record: it has no live operation', (state) => {
    expect(liveOperations(state)).toEqual([]);
    expect(afterOperation(state, operation('authorize', alder, declined), banks())).toMatchObject({
      state,
      changed: false,
    });
  });
});

describe('the closing slot', () => {
  it('is taken by a capture, which succeeds by the bank’s answer', () => {
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
    expect(emit).toEqual([]);
  });

  it('rule 10: is kept by a capture that may have been performed', () => {
    const doubtful = operation('capture', cedar, timedOut);
    const state = after(capturing, doubtful).state;
    expect(state).toMatchObject({ state: 'capturing', operations: [{}, { doubtSince: expect.any(Number) }] });
    expect(() => release(state as typeof authorized, 'hold_refused', null)).toThrow('the closing slot is taken');
  });

  it('is kept by a void until the bank has voided the authorization', () => {
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

  it('is taken by a partial capture, which captures only that part', () => {
    const part = { ...operation('capture', alder, yes.capture), amountMinor: 400 };
    const capturingPart = capture(authorized, usd(400)).state;
    expect(capturingPart).toMatchObject({
      state: 'capturing',
      operations: [{}, { kind: 'capture', amountMinor: 400 }],
    });
    const { state, emit } = after(capturingPart, part);
    expect(emit).toEqual([
      events.captureSucceeded({ ...about, amount: usd(400), bank: 'alder', bankCaptureId: 'cp_1' }),
    ]);
    expect(restate(state)).toEqual(emit);
  });

  it('is not taken by a capture above the authorized amount, or in another currency', () => {
    expect(() => capture(authorized, usd(1_001))).toThrow('more than was authorized');
    expect(() => capture(authorized, { amountMinor: 1_000, currency: 'eur' })).toThrow('another currency');
  });

  it('is never free while its operation is live', () => {
    for (const state of [capturing, voiding]) {
      const takenOver = takeOver(appendAttempt(liveOperations(state)[0]!, times()), moment());
      expect(liveOperations(after(state, takenOver).state)).toHaveLength(1);
    }
  });
});

describe('a cancellation that waits', () => {
  const waiting = cancel(authorizing, 'expired').state;

  it('voids an approval at once, and emits both events', () => {
    const { state, emit } = after(waiting, operation('authorize', alder, yes.authorize));
    expect(state).toMatchObject({ state: 'voiding', cause: 'expired', operations: [{}, { kind: 'void' }] });
    expect(emit).toMatchObject([{ id: 'ch_1.authorization_approved' }]);
    const done = after(state, operation('void', alder, yes.void));
    expect(done.emit).toEqual([
      events.authorizationVoided({ ...about, bank: 'alder', cause: 'expired', refusalCode: null }),
    ]);
  });

  it('changes nothing about a decline', () => {
    expect(after(waiting, operation('authorize', alder, declined)).state).toMatchObject({ state: 'declined' });
  });

  it('prevents a second bank from being tried', () => {
    const givenUp = report(operation('authorize', alder, null), alder, notProcessed, { breakerOpen: true });
    expect(after(waiting, givenUp, 'alder').state).toMatchObject({ state: 'failed', reason: 'not_processed' });
  });

  it('is kept through records of the live operation', () => {
    const doubtful = after(waiting, operation('authorize', alder, timedOut)).state;
    expect(doubtful).toMatchObject({ state: 'authorizing', cancellation: 'expired' });
  });

  describe('for a capture', () => {
    const begun: Authorization = {
      ...capturing,
      operations: [...authorized.operations, operation('capture', alder, null)],
    };
    const racing = cancel(begun, 'canceled').state;

    it('is refused by its success, and both events are emitted', () => {
      const { state, emit } = after(racing, operation('capture', alder, yes.capture));
      expect(state).toMatchObject({ state: 'captured', cancellation: 'canceled' });
      expect(emit).toEqual([
        events.captureSucceeded({ ...about, amount: usd(1_000), bank: 'alder', bankCaptureId: 'cp_1' }),
        events.cancellationRefused({ ...about, bank: 'alder' }),
      ]);
    });

    it('rule 10: replaces it as soon as it is known not to have been performed, and not before', () => {
      const atCedar = { ...begun, bank: 'cedar' as const, operations: [operation('capture', cedar, null)] };
      const inDoubt = after(cancel(atCedar, 'canceled').state, operation('capture', cedar, timedOut)).state;
      expect(inDoubt).toMatchObject({ state: 'capturing', cancellation: 'canceled' });
      const settled = recordInquiry(operation('capture', cedar, timedOut), cedar, notFound(60_000), 1, moment());
      const { state, emit } = after(inDoubt, settled);
      expect(state).toMatchObject({
        state: 'voiding',
        cause: 'canceled',
        operations: [
          { kind: 'capture', phase: 'ended', end: { kind: 'not_performed' } },
          { kind: 'void', phase: 'open' },
        ],
      });
      expect(emit).toEqual([]);
    });

    it('has no effect on a refused capture: the refusal ends the charge', () => {
      const { state, emit } = after(racing, operation('capture', alder, no.capture));
      expect(state).toMatchObject({ state: 'voiding', cause: 'capture_failed' });
      expect(emit).toEqual([]);
    });
  });
});

describe('operations beside each other', () => {
  const both = refunding('re_1', 're_2');
  const [, , first, second] = both.operations as [Operation, Operation, Operation, Operation];
  const gaveBack = (of: Operation): Operation => report(appendAttempt(of, times()), alder, yes.refund);

  it('are found by their references: the result of one does not change the other', () => {
    const one = after(both, gaveBack(first));
    expect(one.emit).toMatchObject([{ id: 're_1.refund_succeeded', data: { refundId: 're_1', bankRefundId: 'rf_1' } }]);
    expect(liveOperations(one.state)).toEqual([second]);
    const two = after(one.state, report(appendAttempt(second, times()), alder, no.refund));
    expect(two.emit).toEqual([
      events.refundFailed({ ...about, refundId: 're_2', amount: usd(300), bank: 'alder', code: 'refused_by_bank' }),
    ]);
    expect(liveOperations(two.state)).toEqual([]);
  });

  it('are restated together, behind the capture', () => {
    const { state } = after(after(both, gaveBack(first)).state, gaveBack(second));
    expect(restate(state).map(({ id }) => id)).toEqual([
      'ch_1.capture_succeeded',
      're_1.refund_succeeded',
      're_2.refund_succeeded',
    ]);
  });

  it('keep the first recorded answer once they have ended', () => {
    const { state } = after(both, gaveBack(first));
    const late = report(appendAttempt(first, times()), alder, no.refund);
    expect(after(state, late)).toMatchObject({ state, changed: false, emit: [] });
  });
});

describe('the restatement', () => {
  const failed = (bank: typeof alder) =>
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
    ['captured', after({ ...capturing, cancellation: 'canceled' }, operation('capture', alder, yes.capture))],
    ['voiding', cancel(authorized, 'canceled')],
  ];

  it.each(turns)('of %s equals the events that it emitted', (name, { state, emit }) => {
    expect(state.state).toBe(name);
    expect(restate(state)).toEqual(emit);
  });

  it('of an unknown charge, and of a void that another service requested, is empty', () => {
    expect(restate({ state: 'none' })).toEqual([]);
    expect(restate(release(authorized, 'hold_refused', null))).toEqual([]);
  });

  it('is not changed by records of a live operation', () => {
    const underWay = after(capturing, operation('capture', alder, no.capture)).state;
    const later = after(underWay, operation('void', alder, timedOut)).state;
    expect(restate(later)).toEqual(restate(underWay));
  });
});
