import { describe, expect, it } from '@jest/globals';
import { ledger } from '#contracts';
import { usd } from '#money';
import { StepTable } from '#saga';
import { stepOn, steps } from '../../../test/handlers.js';
import { captured, everyState, given, refunding } from '../../../test/authorization-under-test.js';
import { alder, no, report, times, yes } from '../../../test/operation-under-test.js';
import { appendAttempt } from '../authorization/attempt.js';
import type { Operation } from '../authorization/operation.js';

const reserved = (refundId: string, amountMinor: number) =>
  ledger.refundReserved({ refundId, chargeId: 'ch_1', account: 'acct_1', amount: usd(amountMinor) });

describe('a reserved refund', () => {
  it('is sent to the bank that captured, under its own reference', () => {
    const { state, emit } = given(captured).when(reserved('re_1', 400));
    const asked = { kind: 'refund', bank: 'alder', reference: 'ch_1.refund.re_1', amountMinor: 400, phase: 'open' };
    expect(state).toMatchObject({ state: 'captured', operations: [{}, {}, asked] });
    expect(emit).toEqual([]);
  });

  it('is sent beside other live refunds, up to the captured amount', () => {
    const { state } = given(refunding('re_1', 're_2')).when(reserved('re_3', 400));
    expect(state).toMatchObject({ operations: [{}, {}, {}, {}, { reference: 'ch_1.refund.re_3' }] });
  });

  it('is a bug when refunds exceed the captured amount', () => {
    const both = refunding('re_1', 're_2');
    expect(() => given(both).when(reserved('re_3', 401))).toThrow('more than was captured');
    const part = { ...captured.operations[1]!, amountMinor: 300 };
    const partly = { ...captured, operations: [captured.operations[0]!, part] };
    expect(() => given(partly).when(reserved('re_1', 301))).toThrow('more than was captured');
  });

  it('counts succeeded refunds, and not refused ones', () => {
    const [authorize, capture, refund] = refunding('re_1').operations as [Operation, Operation, Operation];
    const answered = (answer: typeof yes.refund) => ({
      ...captured,
      operations: [authorize, capture, report(appendAttempt(refund, times()), alder, answer)],
    });
    expect(() => given(answered(yes.refund)).when(reserved('re_2', 1_000))).toThrow('more than');
    expect(given(answered(no.refund)).when(reserved('re_2', 1_000)).changed).toBe(true);
  });

  it('changes nothing when it was opened before', () => {
    const state = refunding('re_1');
    expect(given(state).when(reserved('re_1', 300))).toMatchObject({ state, changed: false });
  });

  it('that is resent is answered by its own result, and not by those of other refunds', () => {
    const [authorize, capture, ...refunds] = refunding('re_1', 're_2').operations;
    const ended = refunds.map((refund) => report(appendAttempt(refund, times()), alder, yes.refund));
    const state = { ...captured, operations: [authorize!, capture!, ...ended] };
    const { data, ...event } = reserved('re_2', 300);
    const { aggregate } = new StepTable(steps).workOf({
      event: { ...event, data, source: 'ledger', time: 0 },
      origin: { topic: 'ledger.events', partition: 0, offset: '0' },
    });
    expect(aggregate.restate(state).map(({ id }) => id)).toEqual(['re_2.refund_succeeded']);
    expect(stepOn(ledger.refundReserved).restate!(refunding('re_1'), { ...data, refundId: 're_1' })).toEqual([]);
  });

  it.each(everyState.filter(({ state }) => state !== 'captured'))(
    'of an authorization that is $state is a bug',
    (state) => {
      expect(() => given(state).when(reserved('re_1', 100))).toThrow(`that is ${state.state}`);
    },
  );
});
