import { describe, expect, it } from '@jest/globals';
import { bank, payments } from '#contracts';
import { usd } from '#money';
import {
  authorized,
  authorizing,
  captured,
  capturing,
  everyState,
  given,
  none,
  voiding,
} from '../../../test/authorization-under-test.js';
import { alder, cedar, notProcessed, operation, opened, timedOut } from '../../../test/operation-under-test.js';

const requested = (cause: 'canceled' | 'expired' = 'canceled') =>
  payments.cancellationRequested({ chargeId: 'ch_1', account: 'acct_1', cause });
const causes = ['canceled', 'expired'] as const;

describe('a requested cancellation', () => {
  it.each(causes)('takes the closing slot for a void when it is free (%s)', (cause) => {
    const { state, emit } = given(authorized).when(requested(cause));
    expect(state).toEqual({ ...voiding, cause, operations: [...authorized.operations, opened('void', 'alder')] });
    expect(emit).toEqual([]);
  });

  it.each([authorizing, { ...capturing, operations: [operation('capture', alder, null)] }])(
    'waits while it is $state, and then voids',
    (state) => {
      const { state: waiting, emit } = given(state).when(requested('expired'));
      expect(waiting).toEqual({ ...state, cancellation: 'expired' });
      expect(emit).toEqual([]);
    },
  );

  it.each([
    ['that has not begun', opened('capture', 'alder')],
    ['of which nothing was processed', operation('capture', alder, notProcessed, notProcessed)],
  ])('rule 10: replaces a capture %s', (_what, waiting) => {
    const before = { ...capturing, operations: [waiting] };
    const { state, emit } = given(before).when(requested());
    expect(state).toMatchObject({
      state: 'voiding',
      cause: 'canceled',
      operations: [
        { kind: 'capture', phase: 'ended', end: { kind: 'not_performed', reason: 'not_processed' } },
        { kind: 'void', phase: 'open' },
      ],
    });
    expect(emit).toEqual([]);
  });

  it('replaces a capture without a processed attempt, and reverses its suspects', () => {
    const late = { bankId: 'cp_9', movement: 'capture', amount: usd(1_000) } as const;
    const waiting = { ...operation('capture', alder, notProcessed), suspects: [late] };
    const { state } = given({ ...capturing, operations: [waiting] }).when(requested());
    expect(state).toMatchObject({
      state: 'voiding',
      operations: [{ phase: 'ended', suspects: [] }, { kind: 'void' }, { kind: 'reversal', stray: late }],
    });
  });

  it.each([
    ['on the wire', operation('capture', cedar, null)],
    ['in doubt', operation('capture', cedar, timedOut)],
    ['in doubt beside one that was not processed', operation('capture', alder, timedOut, notProcessed)],
  ])('rule 10: never replaces a capture that is %s', (_what, live) => {
    const before = { ...capturing, operations: [live] };
    const { state } = given(before).when(requested());
    expect(state).toEqual({ ...before, cancellation: 'canceled' });
  });

  it('is refused by an earlier capture', () => {
    const { state, emit } = given(captured).when(requested());
    expect(state).toEqual({ ...captured, cancellation: 'canceled' });
    expect(emit).toEqual([bank.cancellationRefused({ chargeId: 'ch_1', account: 'acct_1', bank: 'alder' })]);
  });

  it.each([
    { ...authorizing, cancellation: 'expired' as const },
    { ...capturing, operations: [operation('capture', alder, timedOut)], cancellation: 'expired' as const },
    { ...captured, cancellation: 'expired' as const },
  ])('keeps the first word, when it is $state', (state) => {
    expect(given(state).when(requested())).toMatchObject({ state, emit: [], changed: false });
  });

  it('comes too soon when `charge_requested` was lost', () => {
    expect(given(none).when(requested())).toMatchObject({
      state: none,
      emit: [],
      changed: false,
      tooSoon: true,
    });
  });

  it.each(everyState.filter(({ state }) => state === 'voiding' || state === 'voided'))(
    'changes nothing when it is $state: the event that ends it answers',
    (state) => {
      expect(given(state).when(requested())).toMatchObject({
        state,
        emit: [],
        changed: false,
      });
    },
  );
});
