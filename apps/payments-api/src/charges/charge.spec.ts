import { describe, expect, it } from '@jest/globals';
import { bank, ledger, type NewEvent } from '#contracts';
import { usd } from '#money';
import type { AnyStep } from '#saga';
import fc from 'fast-check';
import { charges, noCharge, record, type ChargeRecord } from './charge-record.js';
import { evolve, type Charge, type ChargeEvent } from './charge.js';
import { aChargeOpened } from './testing/a-charge.js';
import { onAuthorizationDeclined } from './on-authorization-declined.js';
import { onAuthorizationFailed } from './on-authorization-failed.js';
import { onChargePosted } from './on-charge-posted.js';
import { onChargeReleased } from './on-charge-released.js';

const chargeId = 'ch_00000000001';
const account = 'acct_test';
const opened = aChargeOpened({ id: chargeId, account, amount: usd(1000) });
const requested = { ...record(noCharge('k'), opened), unsaved: [] };

const posted = ledger.chargePosted({
  chargeId,
  account,
  amount: usd(1000),
  fee: usd(59),
  availableOn: 2,
  postedAt: 1,
  balanceTransactionId: 'txn_00000000001',
});
const declined = bank.authorizationDeclined({ chargeId, account, bank: 'alder', code: 'insufficient_funds' });
const failed = bank.authorizationFailed({ chargeId, account, bank: null, reason: 'no_bank_available' });
const released = ledger.chargeReleased({
  chargeId,
  account,
  cause: 'hold_refused',
  holdRefusal: 'account_frozen',
  refusalCode: null,
});

const steps = [onAuthorizationDeclined, onAuthorizationFailed, onChargePosted, onChargeReleased];
function when(
  state: ChargeRecord,
  event: NewEvent,
): { state: ChargeRecord; changed: boolean; emit: readonly NewEvent[] } {
  const step = steps.find(({ on }) => on.type === event.type) as AnyStep;
  return step.decide(state, event.data, 5) as ReturnType<typeof when>;
}

describe('a charge', () => {
  it('is requested until another service says how it ended, and owes its request until then', () => {
    expect(requested.charge.state).toBe('requested');
    expect(charges.restate(requested)).toMatchObject([
      { type: 'payments.charge_requested.v1', key: chargeId, data: { amount: usd(1000), capture: 'automatic' } },
    ]);
    expect(charges.restate(when(requested, posted).state)).toEqual([]);
    expect(charges.restate(noCharge('k'))).toEqual([]);
  });

  it.each([
    ['posted', posted, 'succeeded'],
    ['declined', declined, 'failed'],
    ['failed', failed, 'failed'],
    ['released', released, 'failed'],
  ])('that is %s has ended, and says nothing to other services', (_name, event, state) => {
    const decision = when(requested, event);
    expect(decision).toMatchObject({ changed: true, emit: [], state: { version: 2, charge: { state } } });
    expect(decision.state.unsaved).toHaveLength(1);
  });

  it.each([posted, declined, failed, released])('does not change when $type is repeated', (event) => {
    const once = when(requested, event).state;
    expect(when(once, event)).toEqual({ state: once, changed: false, emit: [], result: undefined });
  });

  it('that was never opened is nobody’s to end', () => {
    for (const event of [posted, declined, failed, released]) {
      expect(() => when(noCharge('k'), event)).toThrow('never opened');
    }
  });

  it('is not posted for another amount than was asked for', () => {
    expect(() =>
      when(requested, ledger.chargePosted({ ...(posted.data as object), amount: usd(999) } as never)),
    ).toThrow('whole amount');
  });

  const foreign = fc.array(fc.constantFrom(posted, declined, failed, released), { minLength: 1, maxLength: 12 });

  it('has one row whatever the order of foreign events, and however often they come', () => {
    fc.assert(
      fc.property(foreign, fc.gen(), (events, generate) => {
        const shuffled = generate(fc.shuffledSubarray, events, { minLength: events.length });
        const repeated = [...shuffled, ...generate(fc.shuffledSubarray, events)];
        const fold = (list: readonly NewEvent[]): Charge =>
          list.reduce((state, event) => when(state, event).state, requested as ChargeRecord).charge;
        expect(fold(repeated)).toEqual(fold(events));
      }),
    );
  });

  it('keeps what its merchant wrote, whenever that was', () => {
    const updates = fc.record({ description: fc.string(), receiptEmail: fc.constant('a@b.c') }, { requiredKeys: [] });
    fc.assert(
      fc.property(foreign, updates, fc.nat(12), (events, changes, place) => {
        const updated: ChargeEvent = { type: 'updated', changes };
        const at = Math.min(place, events.length);
        const before = events
          .slice(0, at)
          .reduce((state, event) => when(state, event).state, requested as ChargeRecord);
        const after = events.slice(at).reduce((state, event) => when(state, event).state, record(before, updated));
        const late = events.reduce((state, event) => when(state, event).state, requested as ChargeRecord);
        expect(after.charge).toEqual(record(late, updated).charge);
      }),
    );
  });

  it('is the fold of its events', () => {
    fc.assert(
      fc.property(foreign, (events) => {
        const { charge, unsaved, version } = events.reduce(
          (state, event) => when(state, event).state,
          record(noCharge('k'), opened),
        );
        expect(unsaved.reduce<Charge>(evolve, { state: 'none' })).toEqual(charge);
        expect(version).toBe(unsaved.length);
      }),
    );
  });
});
