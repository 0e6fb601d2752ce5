import { describe, expect, it } from '@jest/globals';
import { ledger, payments, type NewEvent } from '#contracts';
import { usd } from '#money';
import type { Decision } from '#saga';
import { notEmpty } from '#testing';
import { sagaTable } from '../../../../../libs/contracts/src/saga-table.js';
import { stepsOfModules } from '../../../../../libs/messaging/src/testing/steps-of-modules.js';
import {
  authorized,
  authorizing,
  banks,
  captured,
  capturing,
  given,
  none,
  refunding,
  terms,
  voiding,
} from '../../../test/authorization-under-test.js';
import {
  alder,
  declined,
  moment,
  no,
  notProcessed,
  operation,
  report,
  reversal,
  times,
  yes,
} from '../../../test/operation-under-test.js';
import { appendAttempt } from './attempt.js';
import { recordReversal } from './reversal.js';
import type { Operation } from './operation.js';
import { afterOperation, cancel, release } from './authorization.js';
import { liveOperations, type Authorization } from './authorization-state.js';
import { AuthorizationsModule } from '../authorizations.module.js';
import type { BankView } from './routing.js';
import { undoStray } from './stray.js';

const rows = sagaTable.filter(({ service }) => service === 'bank-gateway');
const rowOf = (on: NewEvent | string) =>
  rows.find((row) => (typeof row.on === 'string' ? row.on : row.on.type) === (typeof on === 'string' ? on : on.type))!;

const about = { chargeId: 'ch_1', account: 'acct_1' };
const amount = usd(1_000);
const stray = { bankId: 'cp_9', movement: 'capture', amount } as const;
const strayed = undoStray(captured, 'alder', stray);
const difference = { ...about, ...stray, differenceId: 'cp_9', kind: 'unknown_to_ledger', bank: 'alder' } as const;

/** Every event that the gateway handles, with a state in which it has an effect, and the kind of the new operation. */
const reactions: [NewEvent, Authorization, Operation['kind'] | undefined, available?: BankView[]][] = [
  [payments.chargeRequested(terms), none, 'authorize'],
  [payments.chargeRequested(terms), none, undefined, []],
  [ledger.holdPlaced({ ...about, amount, capture: 'automatic' }), authorized, 'capture'],
  [payments.captureRequested({ ...about, amount }), authorized, 'capture'],
  [ledger.holdRefused({ ...about, reason: 'account_frozen' }), authorized, 'void'],
  [payments.cancellationRequested({ ...about, cause: 'expired' }), authorized, 'void'],
  [payments.cancellationRequested({ ...about, cause: 'expired' }), captured, undefined],
  [ledger.refundReserved({ ...about, refundId: 're_1', amount }), captured, 'refund'],
  [ledger.captureSuspended({ ...about, amount, bank: 'alder', bankCaptureId: 'cp_1' }), captured, 'refund'],
  [ledger.differenceFound({ ...difference, reference: 'ch_1.capture' }), captured, 'reversal'],
];
const requestOf = {
  authorize: 'authorize',
  capture: 'capture',
  void: 'void',
  refund: 'refund',
  reversal: 'reverse',
} as const;

const compensating = given(captured).when(
  ledger.captureSuspended({ ...about, amount, bank: 'alder', bankCaptureId: 'cp_1' }),
).state;
const racing = cancel({ ...capturing, operations: [operation('capture', alder, null)] }, 'canceled').state;
const givenUp = report(operation('authorize', alder, null), alder, notProcessed, { breakerOpen: true });
const answered = (state: Authorization, answer: typeof yes.refund) => {
  const live = liveOperations(state)[0]!;
  return afterOperation(state, report(appendAttempt(live, times()), alder, answer), banks());
};
const waiting = cancel(authorizing, 'canceled').state;

/** A bank's answers, and the decisions after them. */
const answers: Record<string, Decision<Authorization>[]> = {
  authorize: [
    answered(authorizing, yes.authorize),
    answered(authorizing, declined),
    afterOperation(authorizing, givenUp, []),
    answered(waiting, yes.authorize),
  ],
  capture: [answered(capturing, yes.capture), answered(capturing, no.capture), answered(racing, yes.capture)],
  void: [answered(voiding, yes.void), answered(release(authorized, 'canceled', null), yes.void)],
  refund: [
    answered(refunding('re_1'), yes.refund),
    answered(refunding('re_1'), no.refund),
    answered(compensating, yes.refund),
  ],
  reverse: [
    afterOperation(
      strayed,
      recordReversal(liveOperations(strayed)[0]!, alder, reversal({ state: 'reversed' }), moment()),
      banks(),
    ),
  ],
};
const newlyAsked = (before: Authorization, after: Authorization) =>
  liveOperations(after)
    .filter(({ reference }) => !liveOperations(before).some((live) => live.reference === reference))
    .map(({ kind }) => `bank answers ${requestOf[kind]}`);
const typesOf = (decisions: readonly Decision<Authorization>[]) =>
  [...new Set(decisions.flatMap(({ emit }) => emit.map(({ type }) => type)))].sort();

describe('the gateway’s part of the saga', () => {
  it('is wired as the table says', () => {
    const reactsTo = rows.flatMap(({ on }) => (typeof on === 'string' ? [] : on.type));
    expect(
      stepsOfModules(AuthorizationsModule)
        .map(({ on }) => on.type)
        .sort(),
    ).toEqual(reactsTo.sort());
    expect([...new Set(reactions.map(([{ type }]) => type))].sort()).toEqual(reactsTo);
  });

  it('emits exactly the events of the table', () => {
    for (const [type, group] of notEmpty(Map.groupBy(reactions, ([{ type }]) => type))) {
      const decisions = group.map(([event, state, , available]) => given(state, available).when(event));
      expect([type, typesOf(decisions)]).toEqual([
        type,
        rowOf(type)
          .emits.map((event) => event.type)
          .sort(),
      ]);
    }
    for (const [name, decisions] of notEmpty(Object.entries(answers))) {
      const on = `bank answers ${name}`;
      expect([on, typesOf(decisions)]).toEqual([
        on,
        rowOf(on)
          .emits.map((event) => event.type)
          .sort(),
      ]);
    }
  });

  it.each(
    reactions.map(([event, state, kind, available]) => ({
      on: event.type,
      in: state.state,
      event,
      state,
      kind,
      available,
    })),
  )('asks a bank for what the table says: $on, when it is $in', ({ event, state, kind, on, available }) => {
    const { state: after } = given(state, available).when(event);
    const expected = kind ? [rowOf(on).asksFor] : [];
    expect(newlyAsked(state, after)).toEqual(expected);
  });

  it('opens a void after an answer where the table says so, and no other operation', () => {
    const before: Record<string, readonly Authorization[]> = {
      authorize: [authorizing, authorizing, authorizing, waiting],
      capture: [capturing, capturing, racing],
    };
    for (const [name, decisions] of notEmpty(Object.entries(answers))) {
      const asks = decisions.flatMap(({ state }, index) => newlyAsked(before[name]?.[index] ?? state, state));
      expect([name, [...new Set(asks)]]).toEqual([name, [rowOf(`bank answers ${name}`).asksFor ?? []].flat()]);
    }
  });

  it('has a compensation for everything that a bank may have performed', () => {
    const compensated = rows.flatMap(({ compensates }) => compensates?.type ?? []);
    expect([...new Set(compensated)].sort()).toEqual([
      'bank.authorization_approved.v1',
      'bank.capture_succeeded.v1',
      'ledger.difference_found.v1',
    ]);
    expect(notEmpty(rows.filter(({ kind }) => kind === 'compensation')).every(({ compensates }) => compensates)).toBe(
      true,
    );
  });
});
