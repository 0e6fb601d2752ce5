import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import type { ChargeEvent, OpenedCharge } from '../charge/charge.js';
import { noCharge, recordEvent, type ChargeRecord } from '../charge/charge-record.js';
import { HELD_FOR_MS } from '../charge/manual-authorization.js';
import { aChargeOpened, testNow } from '../charge/testing/a-charge.js';
import { chargeObject } from './charge-object.js';
import { chargeStripeEvents } from './charge-stripe-events.js';

const id = 'ch_00000000001';
const authorized: ChargeEvent = { type: 'authorized', at: testNow };
const posted = (amountMinor = 1000): ChargeEvent => ({
  type: 'posted',
  amount: usd(amountMinor),
  fee: usd(59),
  availableOn: testNow + 172_800_000,
  postedAt: testNow + 500,
  balanceTransactionId: 'txn_00000000001',
});
/** Shown while an authorization can be captured. */
const captureBefore = { payment_method_details: { card: { capture_before: (testNow + HELD_FOR_MS) / 1_000 } } };
const captureRequested: ChargeEvent = {
  type: 'capture_requested',
  capture: { amount: usd(1000), key: 'capture', statementDescriptor: null, statementDescriptorSuffix: null },
};
const refund = (refundId: string, amountMinor: number) => ({
  opening: { id: refundId, amount: usd(amountMinor), reason: null, openedAt: testNow, key: `key of ${refundId}` },
  metadata: {},
});
const refundRequested = (refundId: string, amountMinor: number): ChargeEvent => ({
  type: 'refund_requested',
  ...refund(refundId, amountMinor),
});
const refundPosted: ChargeEvent = {
  type: 'refund_ended',
  refundId: 're_1',
  end: { type: 'posted', postedAt: testNow, availableOn: testNow, balanceTransactionId: 'txn_1' },
};
const released = (cause: 'canceled' | 'expired' | 'capture_failed'): ChargeEvent => ({
  type: 'released',
  cause,
  holdRefusal: null,
  refusalCode: cause === 'capture_failed' ? 'lost_card' : null,
});

/** A charge as its row has it, after these events, and the record that appends `now`. */
function committing(capture: 'manual' | undefined, before: readonly ChargeEvent[], now: readonly ChargeEvent[]) {
  const opening = aChargeOpened({ id, ...(capture && { capture }) });
  const stored = [opening, ...before].reduce(recordEvent, noCharge('create'));
  const loaded: ChargeRecord = { ...stored, stored: stored.charge, unsaved: [] };
  return now.reduce(recordEvent, loaded);
}

const told = (record: ChargeRecord, updatedBy: string | null = null) =>
  chargeStripeEvents(record, testNow, updatedBy).map(({ type, previousAttributes, key }) => [
    type,
    previousAttributes,
    key,
  ]);

describe('Stripe’s events of a charge', () => {
  it('has none while it is opened', () => {
    expect(told(recordEvent(noCharge('create'), aChargeOpened({ id })))).toEqual([]);
  });

  it('succeeds, with the object as the API shows it', () => {
    const record = committing(undefined, [], [posted()]);
    expect(told(record)).toEqual([['charge.succeeded', undefined, 'create']]);
    const [event] = chargeStripeEvents(record, testNow, null);
    expect(event!.object).toEqual(chargeObject(record.charge as OpenedCharge, [], testNow));
  });

  it('fails', () => {
    expect(told(committing(undefined, [], [{ type: 'declined', code: 'lost_card' }]))).toEqual([
      ['charge.failed', undefined, 'create'],
    ]);
  });

  it('is authorized, captured in part, and tells the rest as a refund', () => {
    expect(told(committing('manual', [], [authorized]))).toEqual([['charge.succeeded', undefined, 'create']]);
    const rest = { id: 're_00000000001', amount: usd(400), reason: null, openedAt: testNow, key: null };
    const capturing = [authorized, captureRequested];
    const events = told(committing('manual', capturing, [{ ...posted(600), rest } as ChargeEvent]));
    expect(events.map(([type, , key]) => [type, key])).toEqual([
      ['charge.captured', 'capture'],
      ['refund.created', null],
    ]);
    expect(events[0]![1]).toEqual({
      amount_captured: 0,
      amount_refunded: 0,
      balance_transaction: null,
      captured: false,
      ...captureBefore,
      status: 'pending',
    });
  });

  it('is told whole when its outcomes come at once', () => {
    expect(told(committing('manual', [], [authorized, captureRequested, posted()])).map(([type]) => type)).toEqual([
      'charge.succeeded',
      'charge.captured',
    ]);
  });

  it('is pending while it is being captured', () => {
    expect(told(committing('manual', [authorized], [captureRequested]), 'capture')).toEqual([
      ['charge.updated', { status: 'succeeded' }, 'capture'],
    ]);
  });

  it('fails when its capture does, for the request that captured', () => {
    expect(told(committing('manual', [authorized, captureRequested], [released('capture_failed')]))).toEqual([
      ['charge.failed', undefined, 'capture'],
    ]);
  });

  it('expires', () => {
    const lapse: ChargeEvent = { type: 'cancellation_requested', cause: 'expired', refund: null };
    const rest = {
      id: 're_00000000001',
      amount: usd(1000),
      reason: 'expired_uncaptured_charge',
      openedAt: testNow,
      key: null,
    };
    const events = told(committing('manual', [authorized, lapse], [{ ...released('expired'), rest } as ChargeEvent]));
    expect(events.map(([type]) => type)).toEqual(['charge.expired', 'refund.created']);
    expect(events[0]![1]).toMatchObject({ amount_refunded: 0, refunded: false });
  });

  it('is canceled by a refund', () => {
    const cancel: ChargeEvent = { type: 'cancellation_requested', cause: 'canceled', refund: refund('re_1', 1000) };
    expect(
      told(committing('manual', [authorized], [cancel]), 'key of re_1').map(([type, , key]) => [type, key]),
    ).toEqual([['refund.created', 'key of re_1']]);
    expect(told(committing('manual', [authorized, cancel], [released('canceled')]))).toEqual([
      ['charge.refunded', { amount_refunded: 0, ...captureBefore, refunded: false }, 'key of re_1'],
      ['refund.updated', { status: 'pending' }, 'key of re_1'],
      ['charge.refund.updated', { status: 'pending' }, 'key of re_1'],
    ]);
  });

  it('is refunded when the refund is asked for; its end is the refund’s alone', () => {
    expect(told(committing(undefined, [posted()], [refundRequested('re_1', 300)]), 'key of re_1')).toEqual([
      ['charge.refunded', { amount_refunded: 0 }, 'key of re_1'],
      ['refund.created', undefined, 'key of re_1'],
    ]);
    expect(told(committing(undefined, [posted(), refundRequested('re_1', 300)], [refundPosted]))).toEqual([
      ['refund.updated', { balance_transaction: null, status: 'pending' }, 'key of re_1'],
      ['charge.refund.updated', { balance_transaction: null, status: 'pending' }, 'key of re_1'],
    ]);
  });

  it('is told of a refund that fails, and the charge that it is refunded less', () => {
    const failing: ChargeEvent = {
      type: 'refund_ended',
      refundId: 're_1',
      end: { type: 'released', code: 'lost_card' },
    };
    expect(told(committing(undefined, [posted(), refundRequested('re_1', 300)], [failing]))).toEqual([
      ['charge.updated', { amount_refunded: 300 }, null],
      ['refund.failed', { failure_reason: null, status: 'pending' }, 'key of re_1'],
      ['refund.updated', { failure_reason: null, status: 'pending' }, 'key of re_1'],
      ['charge.refund.updated', { failure_reason: null, status: 'pending' }, 'key of re_1'],
    ]);
  });

  it('is updated, with exactly what changed', () => {
    const update: ChargeEvent = { type: 'updated', changes: { description: 'shoes', metadata: { order: '1' } } };
    expect(told(committing(undefined, [posted()], [update]), 'update')).toEqual([
      ['charge.updated', { description: null, metadata: { order: null } }, 'update'],
    ]);
    const same: ChargeEvent = { type: 'updated', changes: { description: null } };
    expect(told(committing(undefined, [posted()], [same]), 'update')).toEqual([]);
    const ofRefund: ChargeEvent = { type: 'refund_updated', refundId: 're_1', metadata: { a: 'b' } };
    expect(told(committing(undefined, [posted(), refundRequested('re_1', 300)], [ofRefund]), 'update')).toEqual([
      ['refund.updated', { metadata: { a: null } }, 'update'],
      ['charge.refund.updated', { metadata: { a: null } }, 'update'],
    ]);
  });

  it('is silent about what comes again', () => {
    const record = committing('manual', [authorized], []);
    expect(told({ ...record, unsaved: [] })).toEqual([]);
  });
});
