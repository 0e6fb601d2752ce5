import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { usd } from '#money';
import { faultsOfObject, notEmpty } from '#testing';
import { createAnswer } from './charge-answer.js';
import { chargeObject } from './charge-object.js';
import { evolve, type FailedOutcome, type OpenedCharge, type PostedOutcome } from '../charge/charge.js';
import { failureOf } from '../charge/failure.js';
import { aCharge, testNow } from '../charge/testing/a-charge.js';

const charge = aCharge({ id: 'ch_00000000001', amount: usd(1000), details: { description: 'Order 1' } });
const posted: PostedOutcome = {
  type: 'posted',
  amount: usd(1000),
  fee: usd(59),
  availableOn: testNow + 172_800_000,
  postedAt: testNow + 500,
  balanceTransactionId: 'txn_00000000001',
};
const checks = (checks: object): object => ({ payment_method_details: { card: { checks } } });
const ended = (ending: PostedOutcome | FailedOutcome): OpenedCharge => evolve(charge, ending) as OpenedCharge;

describe('the charge object', () => {
  it('is of the official package’s type, at every depth', () => {
    const refunded = evolve(ended(posted), {
      type: 'refund_requested',
      opening: { id: 're_1', amount: usd(100), reason: null, openedAt: testNow, key: 'r' },
      metadata: {},
    }) as OpenedCharge;
    const everything = ['balance_transaction', 'refunds', 'refunds.data.charge'];
    for (const state of [charge, refunded, ended({ type: 'declined', code: 'lost_card' })]) {
      expect(faultsOfObject(chargeObject(state, everything, testNow))).toEqual([]);
    }
  });

  it('shows itself where a path comes back to it', () => {
    const paths = ['balance_transaction.source.balance_transaction', 'balance_transaction.source.refunds'];
    expect(chargeObject(ended(posted), paths, testNow)).toMatchObject({
      balance_transaction: {
        object: 'balance_transaction',
        source: {
          object: 'charge',
          balance_transaction: { id: 'txn_00000000001', source: 'ch_00000000001' },
          refunds: { object: 'list', data: [] },
        },
      },
    });
    expect(chargeObject(ended(posted), [], testNow)).not.toHaveProperty('refunds');
  });

  it('has a statement descriptor as the suffix of the account’s, unless it has a suffix, in ASCII', () => {
    const shown = (statementDescriptor: string | null, statementDescriptorSuffix: string | null) => {
      const { opening } = charge;
      const described = { ...charge, opening: { ...opening, statementDescriptor, statementDescriptorSuffix } };
      return chargeObject(described, [], testNow);
    };
    const calculated = (shown: string) => ({ calculated_statement_descriptor: shown });
    expect(shown(null, null)).toMatchObject(calculated('HOLDFAST'));
    expect(shown('SHOES', null)).toMatchObject({ statement_descriptor: 'SHOES', ...calculated('HOLDFAST* SHOES') });
    expect(shown('SHOES', 'BOOTS')).toMatchObject(calculated('HOLDFAST* BOOTS'));
    expect(shown(null, '靴 Shoes™')).toMatchObject({
      statement_descriptor_suffix: '靴 Shoes™',
      ...calculated('HOLDFAST*  Shoes'),
    });
  });

  it('is pending until it settles', () => {
    expect(chargeObject(charge, [], testNow)).toMatchObject({
      status: 'pending',
      paid: false,
      captured: false,
      amount_captured: 0,
      balance_transaction: null,
      outcome: null,
      created: testNow / 1000,
      description: 'Order 1',
    });
  });

  it('has succeeded with its balance transaction', () => {
    expect(chargeObject(ended(posted), [], testNow)).toMatchObject({
      status: 'succeeded',
      paid: true,
      captured: true,
      amount_captured: 1000,
      amount_refunded: 0,
      balance_transaction: 'txn_00000000001',
      failure_code: null,
      outcome: { type: 'authorized', network_status: 'approved_by_network' },
    });
  });

  it('shows the balance transaction itself when it is expanded', () => {
    const expanded = (now: number) => chargeObject(ended(posted), ['balance_transaction'], now);
    expect(expanded(testNow)).toMatchObject({
      balance_transaction: {
        object: 'balance_transaction',
        amount: 1000,
        fee: 59,
        net: 941,
        source: 'ch_00000000001',
        status: 'pending',
        type: 'charge',
      },
    });
    expect(expanded(posted.availableOn)).toMatchObject({ balance_transaction: { status: 'available' } });
  });

  it.each([
    ['tok_riskLevelElevated', { outcome: { risk_level: 'elevated', risk_score: 65, type: 'authorized' } }],
    ['tok_avsFail', checks({ address_line1_check: 'fail', address_postal_code_check: 'fail', cvc_check: null })],
    ['tok_avsLine1Fail', checks({ address_line1_check: 'fail', address_postal_code_check: 'pass' })],
    ['tok_avsUnchecked', checks({ address_line1_check: 'unavailable' })],
    ['tok_visa', checks({ address_line1_check: null, address_postal_code_check: null, cvc_check: null })],
    ['tok_de', { payment_method_details: { card: { country: 'DE' } }, source: { country: 'DE' } }],
  ])('of %s shows %j', (source, shown) => {
    const paid = evolve(aCharge({ id: 'ch_00000000001', source }), posted) as OpenedCharge;
    expect(chargeObject(paid, [], testNow)).toMatchObject(shown);
  });

  it('names the card without its number', () => {
    const object = chargeObject(charge, [], testNow);
    expect(object).toMatchObject({
      payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242', funding: 'credit' } },
      source: { object: 'card', brand: 'Visa', last4: '4242' },
    });
    expect(JSON.stringify(object)).not.toContain('42424242');
  });
});

describe('a charge that its merchant captures', () => {
  const held = evolve(aCharge({ id: 'ch_00000000002', capture: 'manual' }), { type: 'authorized', at: testNow });
  const canceled = (cause: 'canceled' | 'expired') =>
    evolve(held, { type: 'released', cause, holdRefusal: null, refusalCode: null }) as OpenedCharge;
  const capturing = evolve(held, {
    type: 'capture_requested',
    capture: { amount: usd(400), key: 'c', statementDescriptor: null, statementDescriptorSuffix: 'SHOES' },
  }) as OpenedCharge;
  const refund = { opening: { id: 're_1', amount: usd(100), reason: null, openedAt: testNow, key: 'r' }, metadata: {} };
  const part = evolve(capturing, { ...posted, amount: usd(400) }) as OpenedCharge;
  const refunding = evolve(part, { type: 'refund_requested', ...refund }) as OpenedCharge;

  it.each([
    ['authorized', held, { status: 'succeeded', paid: true, captured: false, amount_refunded: 0, refunded: false }],
    [
      'being captured',
      capturing,
      { status: 'pending', captured: false, calculated_statement_descriptor: 'HOLDFAST* SHOES' },
    ],
    ['captured in part', part, { status: 'succeeded', amount_captured: 400, amount_refunded: 600, refunded: false }],
    ['refunded in part', refunding, { amount_captured: 400, amount_refunded: 700, refunded: false }],
    [
      'given back',
      canceled('canceled'),
      { status: 'succeeded', captured: false, amount_refunded: 1000, refunded: true },
    ],
    ['given back by time', canceled('expired'), { status: 'succeeded', captured: false, refunded: true, paid: true }],
  ])('says that it is %s', (_how, charge, object) => {
    expect(chargeObject(charge as OpenedCharge, [], testNow)).toMatchObject(object);
  });

  it('names the last moment for a capture while there is one to make', () => {
    const cardOf = (charge: unknown) =>
      (chargeObject(charge as OpenedCharge, [], testNow) as { payment_method_details: { card: object } })
        .payment_method_details.card;
    expect(cardOf(held)).toHaveProperty('capture_before', testNow / 1000 + 7 * 86_400);
    for (const charge of [part, canceled('canceled')]) expect(cardOf(charge)).not.toHaveProperty('capture_before');
  });

  it('shows its refunds when they are expanded', () => {
    expect(chargeObject(refunding, ['refunds'], testNow)).toMatchObject({
      refunds: { object: 'list', has_more: false, data: [{ id: 're_1', status: 'pending', charge: 'ch_00000000002' }] },
    });
  });

  it('shows its refunds by the time at which they were opened, the newest first, as lists do', () => {
    const opened = (id: `re_${string}`, openedAt: number, charge: typeof refunding) => {
      const opening = { ...refund.opening, id, amount: usd(10), openedAt };
      return evolve(charge, { type: 'refund_requested', ...refund, opening }) as OpenedCharge;
    };
    const { openedAt } = refund.opening;
    const charge = opened('re_2', openedAt + 1, opened('re_3', openedAt + 1, opened('re_0', openedAt + 2, refunding)));
    expect(chargeObject(charge, ['refunds'], testNow)).toMatchObject({
      refunds: { data: [{ id: 're_0' }, { id: 're_3' }, { id: 're_2' }, { id: 're_1' }] },
    });
  });

  it('takes a refund back that failed', () => {
    const failed = evolve(refunding, { type: 'refund_ended', refundId: 're_1', end: { type: 'released', code: 'x' } });
    expect(chargeObject(failed as OpenedCharge, [], testNow)).toMatchObject({ amount_refunded: 600 });
  });
});

describe('a failed charge', () => {
  it.each([
    ['generic_decline', 'card_declined', 'generic_decline'],
    ['insufficient_funds', 'card_declined', 'insufficient_funds'],
    ['lost_card', 'card_declined', 'lost_card'],
    ['stolen_card', 'card_declined', 'stolen_card'],
    ['card_velocity_exceeded', 'card_declined', 'card_velocity_exceeded'],
    ['expired_card', 'expired_card', 'expired_card'],
    ['incorrect_cvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['processing_error', 'processing_error', 'processing_error'],
    ['authentication_required', 'authentication_required', 'authentication_required'],
    ['network_not_supported', 'card_declined', 'generic_decline'],
  ])('that the bank declined with %s is a 402 with %s / %s', (bankCode, code, declineCode) => {
    const failed = ended({ type: 'declined', code: bankCode });
    const { status, body } = createAnswer(failed, [], testNow);
    expect(status).toBe(402);
    const { error } = JSON.parse(body) as { error: { param?: string } };
    expect(error).toMatchObject({ type: 'card_error', code, decline_code: declineCode, charge: 'ch_00000000001' });
    expect(error.param).toBe({ expired_card: 'exp_month', incorrect_cvc: 'cvc' }[code]);
    expect(chargeObject(failed, [], testNow)).toMatchObject({
      status: 'failed',
      paid: false,
      failure_code: code,
      outcome: { network_status: 'declined_by_network', reason: bankCode },
    });
  });

  it('that is too risky is blocked, and says so', () => {
    const { body } = createAnswer(ended({ type: 'declined', code: 'fraudulent' }), [], testNow);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'card_declined', decline_code: 'fraudulent' } });
    const risky = evolve(aCharge({ id: 'ch_00000000001', source: 'tok_chargeDeclinedFraudulent' }), {
      type: 'declined',
      code: 'fraudulent',
    }) as OpenedCharge;
    expect(chargeObject(risky, [], testNow)).toMatchObject({
      paid: false,
      outcome: { type: 'blocked', network_status: 'not_sent_to_network', risk_level: 'highest', risk_score: 75 },
    });
  });

  it('has a word for every code of the bank protocol', () => {
    for (const code of notEmpty(bankProtocol.declineCodes)) {
      expect(failureOf({ type: 'declined', code }).declineCode).toBe(code);
    }
  });

  it.each([
    [{ type: 'failed', reason: 'no_bank_available' }, 'processing_error', 'not_sent_to_network'],
    [{ type: 'failed', reason: 'not_processed' }, 'processing_error', 'not_sent_to_network'],
    [{ type: 'failed', reason: 'reversed_out_of_doubt' }, 'processing_error', 'reversed_after_approval'],
    [
      { type: 'released', cause: 'hold_refused', holdRefusal: 'account_frozen', refusalCode: null },
      'card_declined',
      'reversed_after_approval',
    ],
    [
      { type: 'released', cause: 'hold_refused', holdRefusal: 'open_holds_cap', refusalCode: null },
      'card_declined',
      'reversed_after_approval',
    ],
    [
      { type: 'released', cause: 'hold_refused', holdRefusal: 'fault_token', refusalCode: null },
      'processing_error',
      'reversed_after_approval',
    ],
    [
      { type: 'released', cause: 'capture_failed', holdRefusal: null, refusalCode: 'refused_by_bank' },
      'card_declined',
      'declined_by_network',
    ],
    [
      { type: 'released', cause: 'capture_failed', holdRefusal: null, refusalCode: 'malformed' },
      'processing_error',
      'reversed_after_approval',
    ],
  ] as const)('by %j is a 402 with %s, %s', (ending, code, networkStatus) => {
    const failed = ended(ending);
    expect(JSON.parse(createAnswer(failed, [], testNow).body)).toMatchObject({ error: { type: 'card_error', code } });
    expect(chargeObject(failed, [], testNow)).toMatchObject({ outcome: { network_status: networkStatus } });
  });
});
