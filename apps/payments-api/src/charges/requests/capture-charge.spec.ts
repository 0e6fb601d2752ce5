import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { parseForm } from '../../protocol/parameters.js';
import { StripeError } from '../../protocol/stripe-error.js';
import { captureParameters } from '../parameters/capture-parameters.js';
import { readParameters } from '../../protocol/read-parameters.js';
import { captureCharge } from './capture-charge.js';
import { evolve, type Charge, type ChargeEvent } from '../charge/charge.js';
import { HELD_FOR_MS } from '../charge/manual-authorization.js';
import { aChargeOpened } from '../charge/testing/a-charge.js';

const id = 'ch_00000000001';
const asks = (account = 'acct_test') => ({ account, key: 'k', chargeId: id }) as Parameters<typeof captureCharge>[0];
const capture = (charge: Charge, form = '', now = 10, account?: string) =>
  captureCharge(asks(account), readParameters(captureParameters, parseForm(form)))(charge, now);
const charge = (...events: ChargeEvent[]): Charge =>
  [aChargeOpened({ id, capture: 'manual', amount: usd(1000) }), ...events].reduce<Charge>(evolve, { state: 'none' });

const authorized: ChargeEvent = { type: 'authorized', at: 5 };
const captured: ChargeEvent = {
  type: 'capture_requested',
  capture: { amount: usd(1000), key: 'other', statementDescriptor: null, statementDescriptorSuffix: null },
};
const canceled: ChargeEvent = {
  type: 'cancellation_requested',
  cause: 'canceled',
  refund: { opening: { id: 're_1', amount: usd(1000), reason: null, openedAt: 6, key: 'r' }, metadata: {} },
};
const lapsed: ChargeEvent = { type: 'cancellation_requested', cause: 'expired', refund: null };
const released = (cause: 'canceled' | 'expired' | 'hold_refused'): ChargeEvent => ({
  type: 'released',
  cause,
  holdRefusal: null,
  refusalCode: null,
});
const posted: ChargeEvent = {
  type: 'posted',
  amount: usd(1000),
  fee: usd(59),
  availableOn: 2,
  postedAt: 1,
  balanceTransactionId: 'txn_1',
};

describe('a capture', () => {
  it('asks for all that was authorized, or for a part', () => {
    expect(capture(charge(authorized)).events).toEqual([
      {
        type: 'capture_requested',
        capture: { amount: usd(1000), key: 'k', statementDescriptor: null, statementDescriptorSuffix: null },
      },
    ]);
    expect(capture(charge(authorized), 'amount=50').events).toMatchObject([{ capture: { amount: usd(50) } }]);
  });

  it('takes no less than a charge of its currency may be', () => {
    const { answer, events } = capture(charge(authorized), 'amount=49');
    expect(events).toEqual([]);
    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer!.body)).toMatchObject({ error: { code: 'amount_too_small', param: 'amount' } });
  });

  it('may write on its charge', () => {
    expect(capture(charge(authorized), 'receipt_email=a%40b.c&statement_descriptor=Shoes').events).toMatchObject([
      { type: 'updated', changes: { receiptEmail: 'a@b.c' } },
      { capture: { statementDescriptor: 'Shoes' } },
    ]);
  });

  it.each([
    ['posted', [authorized, captured, posted], 'charge_already_captured'],
    [
      'about to be posted, as a cancellation was told',
      [authorized, captured, canceled, { type: 'cancellation_refused' }],
      'charge_already_captured',
    ],
    ['being canceled', [authorized, canceled], 'charge_already_refunded'],
    ['canceled', [authorized, canceled, released('canceled')], 'charge_already_refunded'],
    ['being given back by time', [authorized, lapsed], 'charge_expired_for_capture'],
    ['given back by time', [authorized, lapsed, released('expired')], 'charge_expired_for_capture'],
    ['failed', [authorized, released('hold_refused')], undefined],
  ] as [string, ChargeEvent[], string | undefined][])(
    'is refused, and that is stored, when it is %s',
    (_how, events, code) => {
      const { events: recorded, answer } = capture(charge(...events));
      expect([recorded, answer?.status, (JSON.parse(answer!.body) as { error: { code?: string } }).error.code]).toEqual(
        [[], 400, code],
      );
    },
  );

  it('is refused from the moment on when its time is up, whether anybody has noticed or not', () => {
    expect(capture(charge(authorized), '', 5 + HELD_FOR_MS - 1).events).toHaveLength(1);
    expect(capture(charge(authorized), '', 5 + HELD_FOR_MS).answer?.body).toContain('charge_expired_for_capture');
  });

  it('is refused more than there is', () => {
    expect(capture(charge(authorized), 'amount=1001').answer?.body).toContain('amount_too_large');
  });

  it.each([
    ['not authorized yet', charge(), 400],
    ['being canceled before it is authorized, which may fail', charge(canceled), 400],
    ['being captured under another key', charge(authorized, captured), 429],
    ['being captured and canceled at once', charge(authorized, captured, canceled), 429],
    ['unknown', { state: 'none' }, 404],
  ] as [string, Charge, number][])('is refused without leaving a trace when it is %s', (_how, found, status) => {
    expect(() => capture(found)).toThrow(expect.objectContaining({ httpStatus: status }));
  });

  it('does not see another account’s charge', () => {
    expect(() => capture(charge(authorized), '', 10, 'acct_other')).toThrow(StripeError);
  });

  it('has nothing to do for a charge that is captured by itself', () => {
    const automatic = evolve({ state: 'none' }, aChargeOpened({ id }));
    expect(capture(automatic).answer?.body).toContain('captured by itself');
  });
});
