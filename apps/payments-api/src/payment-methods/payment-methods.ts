import { Inject, Injectable } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedHash } from '../accounts/keyed-hash.js';
import { billingAfter, noAddress, type GivenBillingDetails } from '../protocol/contact-parameters.js';
import { invalidRequest, resourceMissing, type StripeError } from '../protocol/stripe-error.js';
import { declineOfSaving } from '../test-cards/decline.js';
import { isTestName, readInstrument, type ReadPaymentSource } from '../test-cards/instrument.js';
import type { GivenSource } from '../test-cards/payment-source.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { TokenRepository } from '../tokens/token.repository.js';
import type { PaymentMethodData } from './payment-method-data.js';
import { billingOfCard, type PaymentMethod } from './payment-method.js';
import { PaymentMethodRepository } from './payment-method.repository.js';

/** What a request pays with: the name of something, or a card spelled out. */
export type GivenPaymentMethod =
  { readonly param: string; readonly name: string } | { readonly param: string; readonly data: PaymentMethodData };

/** `refused`: a card error that needs no bank, stored under the request's key like a bank's decline. */
export type ResolvedPaymentMethod =
  | { readonly kind: 'method'; readonly method: PaymentMethod }
  | { readonly kind: 'refused'; readonly error: StripeError };

type NewMethodFields = Partial<Pick<PaymentMethod, 'metadata' | 'allowRedisplay'>> & {
  readonly billing?: GivenBillingDetails;
  /** `card`: a source of a customer. */
  readonly prefix?: 'pm' | 'card';
};

/** Finds and makes payment methods within one account, in the transaction of the request that uses them. */
@Injectable()
export class PaymentMethods {
  constructor(
    private readonly stored: PaymentMethodRepository,
    private readonly tokens: TokenRepository,
    private readonly clocks: AccountClocks,
    private readonly hash: KeyedHash,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /**
   * The payment method that a request names or spells out: `pm_…`, which is locked; or a new one, as at Stripe, of a test
   * token (`pm_card_visa`), a token or card details. A new one is not stored before `save`.
   *
   * @param missing the status when this account has no such payment method: 404 when the path names it
   * @throws StripeError 400 for a token that means nothing to this account, or was used
   */
  async resolve(
    tx: PgTransaction,
    account: string,
    given: GivenPaymentMethod,
    missing: 400 | 404 = 400,
  ): Promise<ResolvedPaymentMethod> {
    if ('data' in given) return this.ofData(tx, account, given.data, given.param);
    const { name, param } = given;
    if (!/^(pm|card)_/.test(name) || isTestName(name)) return this.ofSource(tx, account, { source: name, param });
    const method = await this.stored.lock(tx, account, name);
    if (!method) throw resourceMissing('PaymentMethod', name, param, missing);
    return { kind: 'method', method };
  }

  /** A new payment method of `payment_method_data`. */
  ofData(
    tx: PgTransaction,
    account: string,
    { card, billing_details: billing, metadata, allow_redisplay: allowRedisplay }: PaymentMethodData,
    param: string,
  ): Promise<ResolvedPaymentMethod> {
    const fields = { billing, metadata, allowRedisplay };
    if ('token' in card) return this.ofSource(tx, account, { source: card.token, param: `${param}[token]` }, fields);
    const { city, country, line1, line2, postal_code, state } = billing.address ?? noAddress;
    const source = {
      ...card,
      name: billing.name ?? null,
      address_city: city,
      address_country: country,
      address_line1: line1,
      address_line2: line2,
      address_zip: postal_code,
      address_state: state,
    };
    return this.ofSource(tx, account, { source, param }, fields);
  }

  /** A new payment method of a token, which is used up, or of a card that is spelled out. */
  async ofSource(
    tx: PgTransaction,
    account: string,
    given: GivenSource,
    { billing = {}, metadata = {}, allowRedisplay = 'unspecified', prefix = 'pm' }: NewMethodFields = {},
  ): Promise<ResolvedPaymentMethod> {
    const read = await this.instrumentOf(tx, account, given);
    if (read.kind === 'refused') return read;
    const { instrument } = read;
    const method: PaymentMethod = {
      id: this.ids.next(prefix),
      account,
      customer: null,
      createdAt: this.clocks.now(account),
      instrument,
      billing: billingAfter(billing, billingOfCard(instrument)),
      metadata,
      allowRedisplay,
      spent: false,
    };
    return { kind: 'method', method };
  }

  /** Stores it as it is now. Until the commit no other request can name a new one. */
  async save(tx: PgTransaction, method: PaymentMethod): Promise<void> {
    await this.stored.save(tx, method);
  }

  /** Test tokens can be used again and again. */
  private async instrumentOf(tx: PgTransaction, account: string, given: GivenSource): Promise<ReadPaymentSource> {
    const { source, param } = given;
    if (typeof source !== 'string' || !source.startsWith('tok_') || isTestName(source)) {
      return readInstrument(given, this.hash, this.clocks.now(account));
    }
    const token = await this.tokens.find(account, source, tx);
    if (!token) throw resourceMissing('token', source, param, 400);
    if (!(await this.tokens.use(tx, token))) throw tokenUsed(source, param);
    return { kind: 'instrument', instrument: token.instrument };
  }
}

/**
 * The payment method as a customer's own.
 *
 * @returns the card's refusal instead: Stripe asks its bank before a card is saved
 * @throws StripeError 400 when it belongs to another customer, or was used up
 */
export function attached(method: PaymentMethod, customer: string): ResolvedPaymentMethod {
  if (method.customer === customer) return { kind: 'method', method };
  if (method.customer !== null) {
    throw unexpectedState('The payment method you provided has already been attached to a customer.');
  }
  if (method.spent) {
    throw unexpectedState(
      'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, ' +
        'and may not be used again.',
    );
  }
  const error = declineOfSaving(method.instrument);
  return error ? { kind: 'refused', error } : { kind: 'method', method: { ...method, customer } };
}

/** Why this payment method cannot be charged for this customer. @param customer null: the request names none */
export function refusalToCharge(method: PaymentMethod, customer: string | null): StripeError | undefined {
  if (method.spent) {
    return unexpectedState(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
        'connected account without Customer attachment, or was detached from a Customer. It may not be used again. To ' +
        'use a PaymentMethod multiple times, you must attach it to a Customer first.',
    );
  }
  if (method.customer === null || method.customer === customer) return undefined;
  return invalidRequest(
    customer === null
      ? 'The payment method you provided is attached to a customer so for security purposes you must provide the ' +
          'customer in the request.'
      : `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached ` +
          'to the customer.',
    { param: 'payment_method' },
  );
}

export function tokenUsed(id: string, param: string): StripeError {
  return invalidRequest(`You cannot use a Stripe token more than once: ${id}.`, {
    code: 'token_already_used',
    param,
  });
}

function unexpectedState(message: string): StripeError {
  return invalidRequest(message, { code: 'payment_method_unexpected_state', param: 'payment_method' });
}
