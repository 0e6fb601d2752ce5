import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { hasCardNumber, passesLuhn } from '#card-numbers';
import { notEmpty } from '#testing';
import { KeyedHash } from '../accounts/keyed-hash.js';
import { hash as hashOf } from '../protocol/parameter-schemas.js';
import { parseJson, type Parameters } from '../protocol/parameters.js';
import { readParameters } from '../protocol/read-parameters.js';
import { plain } from '../http/testing/plain.js';
import { readInstrument, withoutSecrets, type PaymentInstrument } from './instrument.js';
import { paymentSource } from './payment-source.js';
import { testCards } from './test-card.js';

const hash = new KeyedHash('a secret for tests only');
const now = Date.UTC(2026, 5, 15);
const given = (tree: object): Parameters => parseJson(JSON.stringify(tree));
const schema = hashOf(z.object({ source: paymentSource.optional(), card: paymentSource.optional() }));
const present = (tree: object) => {
  const { source, card } = readParameters(schema, given(tree));
  return readInstrument(
    source === undefined ? { param: 'card', source: card! } : { param: 'source', source },
    hash,
    now,
  );
};
const instrument = (tree: object): PaymentInstrument => {
  const presented = present(tree);
  if (presented.kind !== 'instrument') throw presented.error;
  return presented.instrument;
};
const card = (over: object = {}) => ({
  source: { object: 'card', number: '4242424242424242', exp_month: '12', exp_year: '2030', cvc: '123', ...over },
});

describe('a test card', () => {
  it('has a number that is known for one anywhere else', () => {
    for (const { number } of notEmpty(testCards))
      expect([number, hasCardNumber(`card ${number}`)]).toEqual([number, true]);
  });

  it('has a number that a card can have, and names that no other has', () => {
    for (const { number } of notEmpty(testCards)) expect([number, passesLuhn(number)]).toEqual([number, true]);
    const numbers = testCards.map(({ number }) => number);
    const names = testCards.flatMap((each) => each.names);
    expect([new Set(numbers).size, new Set(names).size]).toEqual([numbers.length, names.length]);
  });

  it.each([
    ['tok_visa', 'visa', 'approve'],
    ['pm_card_visa', 'visa', 'approve'],
    ['tok_mastercard', 'mastercard', 'approve'],
    ['pm_card_amex', 'amex', 'approve'],
    ['tok_discover', 'discover', 'approve'],
    ['tok_diners', 'diners', 'approve'],
    ['tok_jcb', 'jcb', 'approve'],
    ['pm_card_unionpay', 'unionpay', 'approve'],
    ['tok_chargeDeclined', 'visa', 'generic_decline'],
    ['tok_visa_chargeDeclined', 'visa', 'generic_decline'],
    ['pm_card_visa_chargeDeclined', 'visa', 'generic_decline'],
    ['pm_card_chargeDeclined', 'visa', 'generic_decline'],
    ['tok_chargeDeclinedInsufficientFunds', 'visa', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'visa', 'lost_card'],
    ['tok_visa_chargeDeclinedStolenCard', 'visa', 'stolen_card'],
    ['tok_chargeDeclinedExpiredCard', 'visa', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'visa', 'incorrect_cvc'],
    ['tok_chargeDeclinedProcessingError', 'visa', 'processing_error'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'visa', 'card_velocity_exceeded'],
    ['pm_card_chargeCustomerFail', 'visa', 'attaches_then_fails'],
    ['tok_chargeDeclinedFraudulent', 'visa', 'fraudulent'],
    ['pm_card_radarBlock', 'visa', 'fraudulent'],
    ['tok_riskLevelHighest', 'visa', 'fraudulent'],
    ['tok_cvcCheckFail', 'visa', 'incorrect_cvc'],
    ['pm_card_authenticationRequired', 'visa', 'authentication_required'],
    ['tok_threeDSecureRequired', 'visa', 'authentication_required'],
    ['tok_threeDSecureOptional', 'visa', 'approve'],
    ['tok_br', 'visa', 'approve'],
    ['pm_card_ae_mastercard', 'mastercard', 'approve'],
    ['tok_jp_jcb', 'jcb', 'approve'],
  ])('answers to %s', (token, brand, behavior) => {
    expect(instrument({ source: token }).card).toMatchObject({ brand, behavior });
  });

  it.each([
    ['4000000000000002', 'generic_decline'],
    ['4000000000009995', 'insufficient_funds'],
    ['4000000000009987', 'lost_card'],
    ['4000000000009979', 'stolen_card'],
    ['4000000000000069', 'expired_card'],
    ['4000000000000127', 'incorrect_cvc'],
    ['4000000000000119', 'processing_error'],
    ['4000000000006975', 'card_velocity_exceeded'],
    ['4000000000000341', 'attaches_then_fails'],
  ])('%s ends in %s', (number, behavior) => {
    expect(instrument(card({ number })).card.behavior).toBe(behavior);
  });

  it.each([
    ['tok_us', { country: 'US', funding: 'credit' }],
    ['tok_br', { country: 'BR', funding: 'credit' }],
    ['tok_gb_debit', { country: 'GB', funding: 'debit' }],
    ['tok_th_credit', { country: 'TH', funding: 'credit' }],
    ['tok_jcb', { country: 'JP' }],
    ['tok_unionpay', { country: 'CN' }],
    ['tok_riskLevelElevated', { riskLevel: 'elevated' }],
    ['tok_chargeDeclinedFraudulent', { riskLevel: 'highest' }],
    ['tok_avsFail', { addressChecks: { line1: 'fail', postalCode: 'fail' } }],
    ['tok_avsUnchecked', { addressChecks: { line1: 'unavailable', postalCode: 'unavailable' } }],
    ['tok_chargeDeclinedIncorrectCvc', { cvcCheck: 'fail' }],
    ['tok_bypassPending', { bypassesPending: true }],
    ['tok_bypassPendingInternational', { bypassesPending: true, country: 'IE' }],
    ['tok_pendingRefund', { refundsBeginPending: true }],
    ['tok_refundFail', { fault: 'tok_fault_refund_refuse_always' }],
  ])('that %s names is %j', (source, shown) => {
    expect(instrument({ source })).toMatchObject(shown);
  });

  it('is checked by what is given with it, as at Stripe', () => {
    const code = { number: '4000000000000127', cvc: undefined };
    expect(instrument(card(code))).toMatchObject({ card: { behavior: 'approve' }, cvcCheck: null });
    expect(instrument(card({ ...code, cvc: '123' }))).toMatchObject({ card: { behavior: 'incorrect_cvc' } });
    const address = { number: '4000000000000010' };
    expect(instrument(card(address))).not.toHaveProperty('addressChecks');
    expect(instrument(card({ ...address, address_zip: '10115' }))).toHaveProperty('addressChecks');
  });

  it('that would make a dispute is refused, because there are none here', () => {
    for (const source of [
      'tok_createDispute',
      'pm_card_createDisputeInquiry',
      card({ number: '4000000000000259' }).source,
    ])
      expect(() => present({ source })).toThrow('makes a dispute, which is not offered here');
  });

  it('is one card, by token or by number, spaced or not', () => {
    const byToken = instrument({ source: 'tok_visa' }).card.fingerprint;
    expect(instrument(card()).card.fingerprint).toBe(byToken);
    expect(instrument(card({ number: '4242 4242-4242 4242' })).card.fingerprint).toBe(byToken);
    expect(instrument({ source: 'tok_amex' }).card.fingerprint).not.toBe(byToken);
  });

  it('is taken as the older `card` parameter too', () => {
    expect(instrument({ card: card().source }).card.last4).toBe('4242');
    expect(instrument({ card: 'tok_visa' }).card.last4).toBe('4242');
  });

  it('leaves its number behind', () => {
    expect(JSON.stringify(present(card({ name: 'Ada' })))).not.toContain('424242');
  });

  it.each([
    [{ number: '4242424242424241' }, 'incorrect_number', 'number'],
    [{ number: 'abc' }, 'incorrect_number', 'number'],
    [{ number: '4111111111111111' }, 'card_declined', 'number'],
    [{ exp_month: '13' }, 'invalid_expiry_month', 'exp_month'],
    [{ exp_year: '2020' }, 'invalid_expiry_year', 'exp_year'],
    [{ exp_month: '5', exp_year: '26' }, 'invalid_expiry_year', 'exp_year'],
    [{ cvc: '12' }, 'invalid_cvc', 'cvc'],
  ])('is refused at the edge, as a decline is, with %j', (over, code, param) => {
    expect(present(card(over))).toMatchObject({ kind: 'refused', error: { httpStatus: 402, body: { code, param } } });
  });

  it('is a live card, to be declined, when it is none of the test page', () => {
    expect(present(card({ number: '4111111111111111' }))).toMatchObject({
      error: { body: { type: 'card_error', decline_code: 'test_mode_live_card' } },
    });
  });

  it('is good until the end of its month', () => {
    expect(instrument(card({ exp_month: '6', exp_year: '2026' })).card).toMatchObject({ expMonth: 6, expYear: 2026 });
  });
});

describe('a source', () => {
  it('that names no token is missing', () => {
    expect(() => present({ source: 'tok_nope' })).toThrow("No such token: 'tok_nope'");
    expect(() => present({ source: 'pm_nope' })).toThrow("No such PaymentMethod: 'pm_nope'");
  });

  it('that is a number in the wrong place is not shown again', () => {
    for (const source of ['4242424242424242', 'tok_4242424242424242', 'tok_fault_authorize_hang_4242424242424242']) {
      expect(() => present({ source })).toThrow("'source' holds what looks like a card number");
      expect(() => present({ source })).not.toThrow(/4242424242/);
    }
    expect(() => present({ source: '4242424242424241' })).toThrow("No such token: '…4241'");
    expect(() => present({ source: { ...card().source, name: '4242 4242 4242 4242' } })).toThrow("'source[name]'");
  });

  it('may be a fault token, which the charge then carries on the card it names', () => {
    expect(instrument({ source: 'tok_fault_capture_drop_after' })).toMatchObject({
      fault: 'tok_fault_capture_drop_after',
      card: { brand: 'visa', behavior: 'approve' },
    });
    expect(instrument({ source: 'pm_card_fault_authorize_hang_on_amex' }).card.brand).toBe('amex');
    expect(instrument({ source: 'tok_fault_ledger_refuse' }).fault).toBe('tok_fault_ledger_refuse');
  });

  it('that is no proper fault token is told the grammar', () => {
    expect(() => present({ source: 'tok_fault_capture_explode' })).toThrow(/tok_fault_<operation>_<fault>/);
  });
});

describe('what is compared under a key', () => {
  it('holds neither number nor security code, and tells two cards apart', () => {
    const keptOf = (over: object) => plain(withoutSecrets(given(card(over)), hash));
    const kept = keptOf({});
    expect(kept).toMatchObject({ source: { fingerprint: expect.stringMatching(/^\w{16}$/) } });
    expect(JSON.stringify(kept)).not.toMatch(/4242|123/);
    expect(keptOf({ cvc: '999' })).toEqual(kept);
    expect(keptOf({ number: '5555555555554444' })).not.toEqual(kept);
    expect(keptOf({ exp_month: '11' })).not.toEqual(kept);
  });
});
