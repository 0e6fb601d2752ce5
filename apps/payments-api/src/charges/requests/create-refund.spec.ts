import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { evolve, type Charge, type ChargeEvent, type OpenedCharge } from '../charge/charge.js';
import { aChargeOpened } from '../charge/testing/a-charge.js';
import { parseForm } from '../../protocol/parameters.js';
import fc from 'fast-check';
import { createRefund } from './create-refund.js';
import { refundParameters } from '../parameters/refund-parameters.js';
import { readParameters } from '../../protocol/read-parameters.js';
import { refundedMinor } from '../charge/refunds-of-charge.js';

const id = 'ch_00000000001';
const asks = (account = 'acct_test') => ({ account, key: 'k', chargeId: id }) as Parameters<typeof createRefund>[0];
const refund = (charge: Charge, form = '', refundId = 're_1', account?: string, refundsPerCharge = 100) =>
  createRefund(asks(account), refundId, readParameters(refundParameters, parseForm(`charge=${id}${form}`)), {
    refundsPerCharge,
  })(charge, 10);
const charge = (capture: 'manual' | 'automatic', ...events: ChargeEvent[]): Charge =>
  [aChargeOpened({ id, amount: usd(1000), ...(capture === 'manual' && { capture }) }), ...events].reduce<Charge>(
    evolve,
    { state: 'none' },
  );
const posted = (amountMinor = 1000): ChargeEvent => ({
  type: 'posted',
  amount: usd(amountMinor),
  fee: usd(59),
  availableOn: 2,
  postedAt: 1,
  balanceTransactionId: 'txn_1',
});
const authorized: ChargeEvent = { type: 'authorized', at: 5 };
const released = (cause: 'canceled' | 'hold_refused'): ChargeEvent => ({
  type: 'released',
  cause,
  holdRefusal: null,
  refusalCode: null,
});
const captured: ChargeEvent = {
  type: 'capture_requested',
  capture: { amount: usd(1000), key: 'c', statementDescriptor: null, statementDescriptorSuffix: null },
};
const lapsed: ChargeEvent = { type: 'cancellation_requested', cause: 'expired', refund: null };

const canceling = (before: Charge): Charge => refund(before, '', 're_0').events.reduce<Charge>(evolve, before);

describe('a refund of captured money', () => {
  it('is for all that is left, or for a part', () => {
    expect(refund(charge('automatic', posted()), '&amount=300&reason=duplicate&metadata[a]=1').events).toEqual([
      {
        type: 'refund_requested',
        opening: { id: 're_1', amount: usd(300), reason: 'duplicate', openedAt: 10, key: 'k' },
        metadata: { a: '1' },
      },
    ]);
    expect(refund(charge('manual', authorized, posted(400))).events).toMatchObject([{ opening: { amount: usd(400) } }]);
  });

  it('never passes what was captured, however many are asked for and however they end', () => {
    const ends = fc.constantFrom('posted', 'released', 'refused', 'pending');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), ends)), (wanted) => {
        const end = wanted.reduce<Charge>(
          (so, [amount, outcome], n) => {
            const { events } = refund(so, `&amount=${amount}`, `re_${n}`);
            const asked = events.reduce<Charge>(evolve, so);
            if (events.length === 0 || outcome === 'pending') return asked;
            const how = {
              posted: { postedAt: 1, availableOn: 1, balanceTransactionId: 'txn_1' },
              released: { code: 'x' },
              refused: { reason: 'x' },
            }[outcome];
            return evolve(asked, {
              type: 'refund_ended',
              refundId: `re_${n}`,
              end: { type: outcome, ...how } as never,
            });
          },
          charge('manual', authorized, posted(700)),
        );
        const { refunds } = end as OpenedCharge;
        expect(refundedMinor(refunds)).toBeLessThanOrEqual(700);
      }),
    );
  });

  it('is refused more than is left, and when nothing is', () => {
    const part = refund(charge('automatic', posted()), '&amount=300').events.reduce<Charge>(
      evolve,
      charge('automatic', posted()),
    );
    expect(refund(part, '&amount=701', 're_2').answer).toMatchObject({
      status: 400,
      body: expect.stringContaining('unrefunded'),
    });
    const whole = refund(part, '', 're_2').events.reduce<Charge>(evolve, part);
    expect(refund(whole, '', 're_3').answer?.body).toContain('charge_already_refunded');
    const failed = evolve(whole, {
      type: 'refund_ended',
      refundId: 're_2',
      end: { type: 'released', code: 'lost_card' },
    });
    expect(refund(failed, '', 're_3').events).toMatchObject([{ opening: { amount: usd(700) } }]);
  });
});

describe('the refunds of one charge', () => {
  const most = 3;
  const ended = (refundId: string): ChargeEvent => ({
    type: 'refund_ended',
    refundId,
    end: { type: 'released', code: 'lost_card' },
  });
  const withRefunds = (count: number): Charge =>
    Array.from({ length: count }, (_, n) => `re_${n}`).reduce<Charge>(
      (so, refundId) => evolve(refund(so, '&amount=1', refundId).events.reduce<Charge>(evolve, so), ended(refundId)),
      charge('automatic', posted()),
    );

  it('are so many at most, those that failed included', () => {
    expect(refund(withRefunds(most - 1), '&amount=1', 're_9', undefined, most).events).toHaveLength(1);
    expect(refund(withRefunds(most), '&amount=1', 're_9', undefined, most).answer).toMatchObject({
      status: 400,
      body: expect.stringMatching(/"invalid_request_error".*already has 3 refunds/s),
    });
  });

  it('are refused as already refunded when nothing is left, however many there were', () => {
    const whole = refund(withRefunds(most - 1), '', 're_9').events.reduce<Charge>(evolve, withRefunds(most - 1));
    expect(refund(whole, '&amount=1', 're_10', undefined, most).answer?.body).toContain('charge_already_refunded');
  });
});

describe('a refund of an authorization', () => {
  it.each([
    ['authorized', charge('manual', authorized)],
    ['still on its way to the bank', charge('manual')],
    ['being captured: the gateway decides', charge('manual', authorized, captured)],
  ])('is its cancellation, when it is %s', (_how, found) => {
    expect(refund(found).events).toMatchObject([
      { type: 'cancellation_requested', cause: 'canceled', refund: { opening: { id: 're_1', amount: usd(1000) } } },
    ]);
  });

  it('is whole or not at all', () => {
    expect(refund(charge('manual', authorized), '&amount=1000').events).toHaveLength(1);
    expect(refund(charge('manual', authorized), '&amount=400').answer?.body).toContain('given back whole');
  });

  it('is accepted once', () => {
    const once = refund(charge('manual', authorized)).events.reduce<Charge>(evolve, charge('manual', authorized));
    for (const found of [
      once,
      charge('manual', authorized, lapsed),
      charge('manual', authorized, released('canceled')),
    ]) {
      expect(refund(found, '', 're_2').answer?.body).toContain('charge_already_refunded');
    }
  });
});

describe('a refund', () => {
  it('is refused when no money was taken', () => {
    expect(refund(charge('automatic', released('hold_refused'))).answer?.body).toContain('charge_not_refundable');
  });

  it.each([
    ['unknown', { state: 'none' }, 404],
    ['pending', charge('automatic'), 400],
    ['captured, and about to be posted', charge('manual', authorized, lapsed, { type: 'cancellation_refused' }), 429],
    ['being captured and canceled at once', canceling(charge('manual', authorized, captured)), 429],
    ['being canceled before it is authorized, which may fail', canceling(charge('manual')), 429],
  ] as [string, Charge, number][])(
    'is refused without leaving a trace when its charge is %s',
    (_how, found, status) => {
      expect(() => refund(found)).toThrow(expect.objectContaining({ httpStatus: status }));
    },
  );

  it('does not see another account’s charge', () => {
    expect(() => refund(charge('automatic', posted()), '', 're_1', 'acct_other')).toThrow('No such charge');
  });
});
