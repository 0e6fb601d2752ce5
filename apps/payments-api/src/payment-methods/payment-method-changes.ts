import { Injectable } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import { CustomerRepository, noSuchCustomer } from '../customers/customer/customer.repository.js';
import { Expansion } from '../expansion/expansion.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import type { RequestClaim } from '../idempotency/key.js';
import { billingAfter } from '../protocol/contact-parameters.js';
import type { ExpandParameters } from '../protocol/expand.js';
import { jsonText } from '../protocol/json-text.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { metadataAfter } from '../protocol/metadata.js';
import { invalidRequest, resourceMissing, type ApiResponse } from '../protocol/stripe-error.js';
import { paymentMethodObject } from './payment-method-object.js';
import type { AttachParameters, MethodChangeParameters, NewMethodParameters } from './payment-method-parameters.js';
import type { PaymentMethod } from './payment-method.js';
import { PaymentMethodRepository } from './payment-method.repository.js';
import { attached, PaymentMethods, type ResolvedPaymentMethod } from './payment-methods.js';

/** POST routes of payment methods. */
@Injectable()
export class PaymentMethodChanges {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly methods: PaymentMethods,
    private readonly stored: PaymentMethodRepository,
    private readonly customers: CustomerRepository,
    private readonly expansion: Expansion,
  ) {}

  create(claim: RequestClaim, { expand, ...data }: NewMethodParameters): Promise<KeyedAnswer> {
    return this.answer(claim, expand, (tx) => this.methods.ofData(tx, claim.account, data, 'card'));
  }

  /** @throws StripeError 404 */
  update(claim: RequestClaim, id: string, { expand, ...given }: MethodChangeParameters): Promise<KeyedAnswer> {
    return this.answer(claim, expand, async (tx) => {
      const before = await this.locked(tx, claim.account, id);
      if (before.customer === null) {
        throw invalidRequest('You must save this PaymentMethod to a customer before you can update it.');
      }
      return { kind: 'method', method: changed(before, given) };
    });
  }

  /** @throws StripeError 400 for an unknown customer, 404 for an unknown payment method */
  attach(claim: RequestClaim, id: string, { customer, expand }: AttachParameters): Promise<KeyedAnswer> {
    return this.answer(claim, expand, async (tx) => {
      const owner = await this.customers.lock(tx, claim.account, customer);
      if (!owner) throw noSuchCustomer(customer);
      const resolved = await this.methods.resolve(tx, claim.account, { name: id, param: 'payment_method' }, 404);
      return resolved.kind === 'refused' ? resolved : attached(resolved.method, owner.id);
    });
  }

  /** Its customer is no longer charged by it. @throws StripeError 404, or 400 when it has no customer */
  detach(claim: RequestClaim, id: string, { expand }: ExpandParameters): Promise<KeyedAnswer> {
    return this.answer(claim, expand, async (tx) => {
      const found = (await this.stored.findMany(tx, claim.account, [id])).get(id);
      // The customer's row is locked first, as wherever both change.
      const owner = found?.customer && (await this.customers.lock(tx, claim.account, found.customer));
      const before = await this.locked(tx, claim.account, id);
      if (before.customer === null || !owner) {
        throw invalidRequest(
          'The payment method you provided is not attached to a customer so detachment is impossible.',
        );
      }
      if (owner.defaultPaymentMethod === id || owner.defaultSource === id) {
        await this.customers.update(tx, {
          ...owner,
          defaultPaymentMethod: owner.defaultPaymentMethod === id ? null : owner.defaultPaymentMethod,
          defaultSource: owner.defaultSource === id ? null : owner.defaultSource,
        });
      }
      return { kind: 'method', method: { ...before, customer: null, spent: true } };
    });
  }

  private async locked(tx: PgTransaction, account: string, id: string): Promise<PaymentMethod> {
    const method = await this.stored.lock(tx, account, id);
    if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method');
    return method;
  }

  private answer(
    claim: RequestClaim,
    expand: readonly string[],
    work: (tx: PgTransaction) => Promise<ResolvedPaymentMethod>,
  ): Promise<KeyedAnswer> {
    return this.keyed.answer({ ...claim, expand }, async (tx): Promise<ApiResponse> => {
      const resolved = await work(tx);
      if (resolved.kind === 'refused') return resolved.error.answer;
      await this.methods.save(tx, resolved.method);
      const shown = await this.expansion.expand(tx, claim.account, [paymentMethodObject(resolved.method)], expand);
      return { status: 200, body: jsonText(shown[0]!) };
    });
  }
}

function changed(
  before: PaymentMethod,
  { allow_redisplay, billing_details, card, metadata }: Omit<MethodChangeParameters, 'expand'>,
): PaymentMethod {
  const { instrument } = before;
  return {
    ...before,
    allowRedisplay: allow_redisplay ?? before.allowRedisplay,
    billing: billing_details ? billingAfter(billing_details, before.billing) : before.billing,
    instrument: {
      ...instrument,
      card: {
        ...instrument.card,
        expMonth: card?.exp_month ?? instrument.card.expMonth,
        expYear: card?.exp_year ?? instrument.card.expYear,
      },
    },
    metadata: metadata === undefined ? before.metadata : metadataAfter(metadata, before.metadata),
  };
}
