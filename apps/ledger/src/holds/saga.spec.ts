import { describe, expect, it } from '@jest/globals';
import { bank, ledger, type NewEvent } from '#contracts';
import { usd } from '#money';
import { notEmpty } from '#testing';
import { sagaTable } from '../../../../libs/contracts/src/saga-table.js';
import { stepsOfModules } from '../../../../libs/messaging/src/testing/steps-of-modules.js';
import { account, approved, captured, chargeId, compensated, voided } from '../../test/charge.js';
import { decide, stepOn, steps } from '../../test/given.js';
import { failed, refundId, requested, succeeded } from '../../test/refund.js';
import { noRefund } from '../refunds/refund.js';
import { LedgerRefundsModule } from '../refunds/refunds.module.js';
import { StraysModule } from '../strays/strays.module.js';
import { noHold } from './hold.js';
import { HoldsModule } from './holds.module.js';

// Reconciliation has its own test.
const rows = sagaTable.filter(
  ({ service, on }) => service === 'ledger' && on !== bank.statementPublished && on !== 'the books are compared',
);
const typeOf = (on: (typeof rows)[number]['on']): string => (typeof on === 'string' ? on : on.type);

const refused = 'tok_fault_ledger_refuse';
const strayReversed = bank.strayReversed({
  chargeId,
  account,
  bank: 'cedar',
  bankId: 'cedar_7',
  movement: 'capture',
  amount: usd(900),
  reversalBankId: 'cedar_8',
});

/** Every path of a charge and its refunds. Those that begin with a capture come from replays, which reorder events. */
const ways: readonly NewEvent[][] = [
  [approved(), captured(), requested(), succeeded()],
  [approved({ capture: 'manual' }), captured({ amount: usd(500) }), requested(), failed()],
  [approved({ capture: 'manual' }), voided({ cause: 'canceled' })],
  [approved(), voided({ cause: 'capture_failed', refusalCode: 'expired_card' })],
  [approved({ fault: refused }), voided(), captured(), compensated()],
  [captured(), approved()],
  [captured(), voided(), compensated()],
  [requested({ amount: usd(901) })],
  [strayReversed],
];

describe('the ledger’s part of the saga', () => {
  it('is wired as the table says', () => {
    const wired = stepsOfModules(HoldsModule, LedgerRefundsModule, StraysModule);
    const types = wired.map(({ on }) => on.type).sort();
    expect(types).toEqual(rows.map(({ on }) => typeOf(on)).sort());
    expect(types).toEqual(steps.map(({ on }) => on.type).sort());
  });

  it('emits exactly the events of the table', () => {
    const emitted = new Map<string, Set<string>>();
    for (const events of ways) {
      const states = new Map<string, Parameters<typeof decide>[0]>([
        ['hold', noHold(chargeId)],
        ['refund', noRefund(refundId)],
        ['stray', { moves: [] }],
      ]);
      for (const event of events) {
        const { kind } = stepOn(event).aggregate;
        const decision = decide(states.get(kind)!, event);
        states.set(kind, decision.state);
        const types = emitted.get(event.type) ?? new Set();
        for (const { type } of decision.emit) types.add(type);
        emitted.set(event.type, types);
      }
    }
    for (const { on, emits } of notEmpty(rows)) {
      expect([typeOf(on), ...[...(emitted.get(typeOf(on)) ?? [])].sort()]).toEqual([
        typeOf(on),
        ...emits.map(({ type }) => type).sort(),
      ]);
    }
  });

  it('has a compensation for everything that it sets aside', () => {
    const compensations = rows.filter(({ kind }) => kind === 'compensation');
    expect(compensations.map(({ on, compensates }) => [on, compensates])).toEqual([
      [bank.authorizationVoided, ledger.holdPlaced],
      [bank.captureCompensated, ledger.captureSuspended],
      [bank.refundFailed, ledger.refundReserved],
      [bank.strayReversed, ledger.differenceFound],
    ]);
  });
});
