import { Inject, Injectable } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedHash } from '../../accounts/keyed-hash.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { CustomerRepository, noSuchCustomer } from '../../customers/customer/customer.repository.js';
import { chargedInstrument } from '../../payment-methods/payment-method.js';
import { PaymentMethodRepository } from '../../payment-methods/payment-method.repository.js';
import { refusalToCharge } from '../../payment-methods/payment-methods.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { isTestName, readInstrument } from '../../test-cards/instrument.js';
import type { IntentPaymentMethod } from '../intent/payment-intent.js';
import type { ConfirmParameters } from '../parameters/intent-parameters.js';

/** The card that a request names, and its customer. */
@Injectable()
export class IntentPaymentMethods {
  constructor(
    private readonly customers: CustomerRepository,
    private readonly stored: PaymentMethodRepository,
    private readonly hash: KeyedHash,
    private readonly clocks: AccountClocks,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /**
   * @param customer null: the intent has none
   * @returns undefined when the request names no card
   * @throws StripeError 400 for a name of nothing, or of another customer's card
   */
  async find(
    account: string,
    given: Pick<ConfirmParameters, 'payment_method' | 'payment_method_data'>,
    customer: string | null,
  ): Promise<IntentPaymentMethod | undefined> {
    const name = given.payment_method;
    if (name !== undefined && /^(pm|card)_/.test(name) && !isTestName(name)) {
      return this.ofStored(account, name, customer);
    }
    const source = given.payment_method ?? given.payment_method_data?.card.token;
    if (source === undefined) return undefined;
    const createdAt = this.clocks.now(account);
    const presented = readInstrument({ param: 'payment_method', source }, this.hash, createdAt);
    if (presented.kind === 'refused') throw presented.error;
    return { id: this.ids.next('pm'), createdAt, instrument: presented.instrument };
  }

  /** @throws StripeError 400 when the account has no such customer */
  async checkCustomer(account: string, id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const customer = await this.customers.find(account, id);
    if (!customer || customer.deleted) throw noSuchCustomer(id);
  }

  private async ofStored(account: string, id: string, customer: string | null): Promise<IntentPaymentMethod> {
    const method = await this.stored.find(account, id);
    if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method', 400);
    const refusal = refusalToCharge(method, customer);
    if (refusal) throw refusal;
    return { id, createdAt: method.createdAt, instrument: chargedInstrument(method) };
  }
}
