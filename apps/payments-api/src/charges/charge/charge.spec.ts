import { describe, expect, it } from '@jest/globals';
import { bank, ledger, type NewEvent } from '#contracts';
import { usd } from '#money';
import { stepsOf } from '#messaging';
import type { AnyStep } from '#saga';
import { notEmpty } from '#testing';
import fc from 'fast-check';
import { RefundEventsController } from '../events/refund-events.controller.js';
import { refundState } from './refund.js';
import { ChargeEventsController } from '../events/charge-events.controller.js';
import { charges, noCharge, recordEvent, sweptCharges, type ChargeRecord } from './charge-record.js';
import { evolve, type Charge, type ChargeEvent, type OpenedCharge, type MerchantEvent } from './charge.js';
import { isAwaiting, lapsesAt } from './pending.js';
import { aChargeOpened } from './testing/a-charge.js';

const steps = stepsOf([new ChargeEventsController(), new RefundEventsController()]);
const chargeId = 'ch_00000000001';
const account = 'acct_test';
const named = { chargeId, account };

const posted = ledger.chargePosted({
  ...named,
  amount: usd(1000),
  fee: usd(59),
  availableOn: 2,
  postedAt: 1,
  balanceTransactionId: 'txn_00000000001',
});
const partPosted = ledger.chargePosted({ ...posted.data, amount: usd(400) });
const declined = bank.authorizationDeclined({ ...named, bank: 'alder', code: 'insufficient_funds' });
const failed = bank.authorizationFailed({ ...named, bank: null, reason: 'no_bank_available' });
const releasedFor = (cause: 'hold_refused' | 'capture_failed' | 'canceled' | 'expired') =>
  ledger.chargeReleased({ ...named, cause, holdRefusal: null, refusalCode: null });
const released = releasedFor('hold_refused');
const authorized = ledger.chargeAuthorized({ ...named, amount: usd(1000), heldAt: 1 });
const cancellationRefused = bank.cancellationRefused({ ...named, bank: 'alder' });

const refundId = (n: number): string => `re_0000000000${n}`;
const refundAsked = (n: number, amountMinor: number) => ({
  opening: { id: refundId(n), amount: usd(amountMinor), reason: null, openedAt: 4, key: `refund-${n}` },
  metadata: {},
});
const refundPosted = (n: number, amountMinor: number) =>
  ledger.refundPosted({
    ...named,
    refundId: refundId(n),
    amount: usd(amountMinor),
    postedAt: 6,
    availableOn: 6,
    balanceTransactionId: `txn_0000000000${n}`,
  });
const refundReleased = (n: number, amountMinor: number) =>
  ledger.refundReleased({ ...named, refundId: refundId(n), amount: usd(amountMinor), code: 'lost_card' });
const refundRefused = (n: number, amountMinor: number) =>
  ledger.refundRefused({ ...named, refundId: refundId(n), amount: usd(amountMinor), reason: 'insufficient_balance' });

function given(capture: 'automatic' | 'manual', ...events: MerchantEvent[]): ChargeRecord {
  const opened = aChargeOpened({ id: chargeId, account, ...(capture === 'manual' && { capture }) });
  const state = [opened, ...events].reduce(recordEvent, noCharge('k'));
  return { ...state, stored: state.charge, unsaved: [] };
}
const capture: MerchantEvent = {
  type: 'capture_requested',
  capture: { amount: usd(1000), key: 'capture', statementDescriptor: null, statementDescriptorSuffix: null },
};
const cancellation: MerchantEvent = { type: 'cancellation_requested', cause: 'canceled', refund: refundAsked(9, 1000) };
const expiry: MerchantEvent = { type: 'cancellation_requested', cause: 'expired', refund: null };
const requested = given('automatic');

function when(
  state: ChargeRecord,
  event: NewEvent,
): { state: ChargeRecord; changed: boolean; emit: readonly NewEvent[] } {
  const step = steps.find(({ on }) => on.type === event.type) as AnyStep;
  return step.decide(state, event.data, 5, { offsetMs: 0 }) as ReturnType<typeof when>;
}
const after = (state: ChargeRecord, ...events: NewEvent[]): ChargeRecord =>
  events.reduce((so, event) => when(so, event).state, state);
const chargeAfter = (state: ChargeRecord, ...events: NewEvent[]): OpenedCharge =>
  after(state, ...events).charge as OpenedCharge;
const owed = (state: ChargeRecord): string[] => sweptCharges.restate(state).map(({ id }) => id);

describe('a charge', () => {
  it('is requested until another service says how it ended, and owes its request until then', () => {
    expect(requested.charge.state).toBe('requested');
    expect(sweptCharges.restate(requested)).toMatchObject([
      { type: 'payments.charge_requested.v1', key: chargeId, data: { amount: usd(1000), capture: 'automatic' } },
    ]);
    expect(sweptCharges.restate(when(requested, posted).state)).toEqual([]);
    expect(sweptCharges.restate(noCharge('k'))).toEqual([]);
  });

  it('does not answer a nudge that has come round to it', () => {
    expect(charges.restate(requested)).toEqual([]);
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
    expect(isAwaiting(decision.state.charge as OpenedCharge)).toBe(false);
  });

  it.each([posted, declined, failed, released])('does not change when $type is repeated', (event) => {
    const once = when(requested, event).state;
    expect(when(once, event)).toEqual({ state: once, changed: false, emit: [], result: undefined });
  });

  it('that was never opened cannot end', () => {
    for (const { on } of notEmpty(steps))
      expect(() => when(noCharge('k'), { type: on.type, data: named } as never)).toThrow();
  });

  it('is not posted for another amount than was asked for', () => {
    const part = ledger.chargePosted({ ...posted.data, amount: usd(999) });
    expect(() => when(requested, part)).toThrow('whole amount');
    const more = ledger.chargePosted({ ...posted.data, amount: usd(1001) });
    expect(() => when(given('manual', capture), more)).toThrow();
  });
});

describe('an authorization', () => {
  it('waits for its merchant for seven days of the account’s own time', () => {
    const charge = chargeAfter(given('manual'), authorized);
    expect(charge).toMatchObject({ state: 'authorized', ending: null });
    expect([isAwaiting(charge), lapsesAt(charge)]).toEqual([false, 5 + 7 * 86_400_000]);
  });

  it('may be captured in part', () => {
    const { state, ending, refunds } = chargeAfter(given('manual', capture), authorized, partPosted);
    expect([state, ending]).toMatchObject(['succeeded', { amount: usd(400) }]);
    expect(refunds.known).toMatchObject([
      { opening: { amount: usd(600), reason: null, key: null }, of: 'authorization' },
    ]);
    expect(refunds.known.map(refundState)).toEqual(['succeeded']);
    expect(refunds).toMatchObject({ count: 1, pendingMinor: 0, succeededMinor: 0 });
  });

  it('has a refund of all of it when it lapses, and of none of it when all is captured or its merchant gave it back', () => {
    const { refunds } = chargeAfter(given('manual', expiry), authorized, releasedFor('expired'));
    const opening = {
      id: 're_00000000001',
      amount: usd(1000),
      reason: 'expired_uncaptured_charge',
      openedAt: 5,
      key: null,
    };
    expect(refunds.known).toEqual([{ opening, metadata: {}, of: 'authorization', end: { type: 'canceled' } }]);
    for (const wish of [capture, cancellation]) {
      const ids = [posted, releasedFor('canceled'), releasedFor('expired'), releasedFor('capture_failed')].flatMap(
        (end) => chargeAfter(given('manual', wish), authorized, end).refunds.known.map((each) => each.opening.id),
      );
      expect(new Set(ids)).toEqual(new Set(wish === cancellation ? [refundId(9)] : [opening.id]));
    }
  });

  it('owes its capture and its cancellation until one of them has won', () => {
    const both = after(given('manual', capture, cancellation), authorized);
    expect(owed(both)).toEqual([`${chargeId}.capture_requested`, `${chargeId}.cancellation_requested`]);
    expect(owed(after(both, cancellationRefused))).toEqual([`${chargeId}.capture_requested`]);
    for (const end of [posted, releasedFor('canceled')]) expect(owed(after(both, end))).toEqual([]);
  });

  it('does not lapse while it is captured or canceled', () => {
    for (const wish of [capture, cancellation, expiry]) {
      expect(lapsesAt(chargeAfter(given('manual', wish), authorized))).toBeNull();
    }
  });

  it.each([
    ['succeeds when it is canceled', [releasedFor('canceled')], 'succeeded'],
    ['succeeds when time was faster', [releasedFor('expired')], 'succeeded'],
    ['fails when the capture was there first', [cancellationRefused], 'failed'],
    ['fails when the charge is posted', [posted], 'failed'],
    ['fails when the card is declined', [declined], 'failed'],
    ['fails when the capture failed', [releasedFor('capture_failed')], 'failed'],
    ['waits until then', [authorized], 'pending'],
  ])('is given back by a refund that %s', (_how, events, state) => {
    const { refunds } = chargeAfter(given('manual', cancellation), ...events);
    expect(refunds.known.map(refundState)).toEqual([state]);
  });

  it.each(['canceled', 'expired'] as const)('has not failed when it was %s', (cause) => {
    expect(chargeAfter(given('manual', expiry), releasedFor(cause)).state).toBe('canceled');
  });

  it('is captured once, and canceled once', () => {
    expect(() => recordEvent(given('manual', capture), capture)).toThrow('once');
    expect(() => recordEvent(given('manual', expiry), cancellation)).toThrow('once');
    expect(() => recordEvent(given('automatic'), capture)).toThrow('captured at once');
  });
});

describe('a refund', () => {
  const refunded = after(
    given(
      'automatic',
      { type: 'refund_requested', ...refundAsked(1, 300) },
      { type: 'refund_requested', ...refundAsked(2, 700) },
    ),
    posted,
  );

  it('is owed until the ledger says how it ended', () => {
    expect(owed(refunded)).toEqual([`${refundId(1)}.refund_requested`, `${refundId(2)}.refund_requested`]);
    expect(isAwaiting(refunded.charge as OpenedCharge)).toBe(true);
    const ended = after(refunded, refundPosted(2, 700), refundReleased(1, 300));
    expect(owed(ended)).toEqual([]);
    expect((ended.charge as OpenedCharge).refunds.known.map(refundState)).toEqual(['failed', 'succeeded']);
  });

  it('fails when the balance cannot bear it', () => {
    expect(chargeAfter(refunded, refundRefused(1, 300)).refunds.known[0]).toMatchObject({
      end: { type: 'refused', reason: 'insufficient_balance' },
    });
  });

  it('that was not requested cannot end', () => {
    expect(() => when(requested, refundPosted(1, 300))).toThrow('never asked for');
  });
});

describe('for every order and duplication of other services’ events,', () => {
  const endings = [posted, declined, failed, released];
  const manualEndings = [authorized, ...endings, releasedFor('canceled'), releasedFor('capture_failed')];
  const partEndings = [...manualEndings.filter((each) => each !== posted), releasedFor('expired'), partPosted];
  const ofRefunds = [1, 2].flatMap((n) => [refundPosted(n, 300), refundReleased(n, 300), refundRefused(n, 300)]);
  const withRefunds: MerchantEvent[] = [1, 2].map((n) => ({ type: 'refund_requested', ...refundAsked(n, 300) }));
  const situations: [string, ChargeRecord, NewEvent[]][] = [
    ['an automatic charge', requested, endings],
    ['an automatic charge with refunds', given('automatic', ...withRefunds), [...endings, ...ofRefunds]],
    ['an authorization', given('manual'), manualEndings],
    ['an authorization that is captured', given('manual', capture), manualEndings],
    ['an authorization that is captured in part', given('manual', capture), partEndings],
    ['an authorization that is canceled', given('manual', cancellation), [...manualEndings, cancellationRefused]],
    [
      'an authorization that lapses',
      given('manual', expiry),
      [...manualEndings, releasedFor('expired'), cancellationRefused],
    ],
    [
      'an authorization that is captured and canceled at once, and refunded',
      given('manual', capture, cancellation, ...withRefunds),
      [...manualEndings, cancellationRefused, ...ofRefunds],
    ],
  ];

  it('every event that comes here is among them', () => {
    const heard = new Set(situations.flatMap(([, , events]) => events.map(({ type }) => type)));
    expect([...heard].sort()).toEqual(steps.map(({ on }) => on.type).sort());
  });

  it.each(situations)('%s has one row', (_name, start, events) => {
    // Of one kind that cannot be said twice with another meaning: its id is its charge's, or its refund's.
    const foreign = fc.uniqueArray(fc.constantFrom(...events), { minLength: 1, selector: ({ id }) => id });
    fc.assert(
      fc.property(foreign, fc.gen(), (some, generate) => {
        const shuffled = generate(fc.shuffledSubarray, some, { minLength: some.length });
        const repeated = [...shuffled, ...generate(fc.shuffledSubarray, some)];
        expect(chargeAfter(start, ...repeated)).toEqual(chargeAfter(start, ...some));
      }),
    );
  });

  it('it keeps what its merchant wrote, whenever that was', () => {
    const updates = fc.record({ description: fc.string(), receiptEmail: fc.constant('a@b.c') }, { requiredKeys: [] });
    const foreign = fc.array(fc.constantFrom(...endings), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(foreign, updates, fc.nat(12), (events, changes, place) => {
        const updated: ChargeEvent = { type: 'updated', changes };
        const at = Math.min(place, events.length);
        const early = after(recordEvent(after(requested, ...events.slice(0, at)), updated), ...events.slice(at));
        expect(early.charge).toEqual(recordEvent(after(requested, ...events), updated).charge);
      }),
    );
  });

  it.each(situations)('%s is the fold of its events', (_name, start, events) => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events)), (some) => {
        const { charge, unsaved, version } = after(start, ...some);
        expect(unsaved.reduce<Charge>(evolve, start.charge)).toEqual(charge);
        expect(version).toBe(start.version + unsaved.length);
      }),
    );
  });
});
