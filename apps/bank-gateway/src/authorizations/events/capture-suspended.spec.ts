import { describe, expect, it } from '@jest/globals';
import { bank, ledger } from '#contracts';
import { usd } from '#money';
import { banks, captured, everyState, given } from '../../../test/authorization-under-test.js';
import { alder, no, report, times, yes } from '../../../test/operation-under-test.js';
import { appendAttempt } from '../authorization/attempt.js';
import type { Operation } from '../authorization/operation.js';
import { afterOperation, authorizations } from '../authorization/authorization.js';
import type { Authorization } from '../authorization/authorization-state.js';

const about = { chargeId: 'ch_1', account: 'acct_1', amount: usd(1_000), bank: 'alder' } as const;
const suspended = (bankCaptureId = 'cp_1') => ledger.captureSuspended({ ...about, bankCaptureId });

describe('a suspended capture', () => {
  const compensating = given(captured).when(suspended()).state;
  const asked = (compensating as typeof captured).operations.at(-1)!;
  const after = (answer: typeof yes.refund) =>
    afterOperation(compensating, report(appendAttempt(asked, times()), alder, answer), banks());

  it('is refunded in full at its bank', () => {
    const whole = { kind: 'refund', bank: 'alder', reference: 'ch_1.compensation', amountMinor: 1_000, phase: 'open' };
    expect(asked).toMatchObject(whole);
  });

  it('is compensated when the bank has refunded it, and restates it', () => {
    const { state, emit } = after(yes.refund);
    expect(emit).toEqual([bank.captureCompensated({ ...about, bankRefundId: 'rf_1' })]);
    expect(authorizations.restate(state).map(({ id }) => id)).toEqual([
      'ch_1.capture_succeeded',
      'ch_1.capture_compensated',
    ]);
  });

  it('that the bank does not refund stays in suspense, for an operator', () => {
    expect(after(no.refund)).toMatchObject({ state: { state: 'captured' }, emit: [] });
  });

  it('is not reversed as well: a recorded performance is no stray', () => {
    const found = (bankId: string, movement: 'capture' | 'refund', state: Authorization) =>
      given(state).when(
        ledger.differenceFound({
          ...about,
          differenceId: bankId,
          kind: 'unknown_to_ledger',
          movement,
          bankId,
          reference: movement === 'capture' ? 'ch_1.capture' : 'ch_1.compensation',
        }),
      );
    expect(found('cp_1', 'capture', compensating).changed).toBe(false);
    expect(found('rf_1', 'refund', after(yes.refund).state)).toMatchObject({
      changed: false,
      emit: [{ id: 'ch_1.capture_succeeded' }, { id: 'ch_1.capture_compensated' }],
    });
  });

  it('is compensated once', () => {
    expect(given(compensating).when(suspended()).changed).toBe(false);
    expect(given(after(yes.refund).state).when(suspended()).changed).toBe(false);
  });

  it('with an earlier partial refund is a bug', () => {
    const refund: Operation = { ...asked, reference: 'ch_1.refund.re_1', amountMinor: 1 };
    const refunded = { ...captured, operations: [...captured.operations, refund] };
    expect(() => given(refunded).when(suspended())).toThrow('more than was captured');
  });

  it.each([
    ...everyState.filter(({ state }) => state !== 'captured').map((state) => ({ state, bankCaptureId: 'cp_1' })),
    { state: captured, bankCaptureId: 'cp_2' },
  ])('is left to reconciliation when it is not the one recorded ($state.state)', ({ state, bankCaptureId }) => {
    expect(given(state).when(suspended(bankCaptureId))).toMatchObject({ state, changed: false });
  });
});
