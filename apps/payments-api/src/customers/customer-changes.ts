import { Inject, Injectable } from '@nestjs/common';
import { Database, type PgTransaction } from '#postgres';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import type { RequestClaim } from '../idempotency/key.js';
import type { PaymentMethod } from '../payment-methods/payment-method.js';
import { PaymentMethodRepository } from '../payment-methods/payment-method.repository.js';
import { attached, PaymentMethods, type ResolvedPaymentMethod } from '../payment-methods/payment-methods.js';
import { jsonText } from '../protocol/json-text.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { metadataAfter } from '../protocol/metadata.js';
import { invalidRequest, resourceMissing, type StripeError } from '../protocol/stripe-error.js';
import type { paymentSource } from '../test-cards/payment-source.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { TestClockRepository } from '../test-clocks/test-clock.repository.js';
import { deletedCustomerObject } from './customer-object.js';
import { detailsAfter, type CustomerChangeParameters, type NewCustomerParameters } from './customer-parameters.js';
import { CustomerShown } from './customer-shown.js';
import type { Customer, CustomerDetails } from './customer/customer.js';
import { CustomerRepository, noSuchCustomer } from './customer/customer.repository.js';
import type { z } from 'zod';

const noDetails: Omit<CustomerDetails, 'invoicePrefix'> = {
  address: null,
  balance: 0,
  businessName: null,
  description: null,
  individualName: null,
  invoiceSettings: { customFields: null, footer: null, renderingOptions: null },
  name: null,
  nextInvoiceSequence: 1,
  phone: null,
  preferredLocales: [],
  shipping: null,
  taxExempt: 'none',
};

/** Routes that create, change and delete customers. */
@Injectable()
export class CustomerChanges {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly database: Database,
    private readonly customers: CustomerRepository,
    private readonly methods: PaymentMethods,
    private readonly stored: PaymentMethodRepository,
    private readonly clocks: AccountClocks,
    private readonly testClocks: TestClockRepository,
    private readonly shown: CustomerShown,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** With a card, if one is given: when its bank refuses it, there is no customer either. */
  create(claim: RequestClaim, given: NewCustomerParameters): Promise<KeyedAnswer> {
    return this.answer(claim, given.expand, async (tx) => {
      const { account } = claim;
      await this.checkTestClock(tx, account, given.test_clock);
      const id = this.ids.next('cus');
      const method = given.payment_method && (await this.attached(tx, account, id, given.payment_method));
      if (method && method.kind === 'refused') return method.error;
      const source = given.source && (await this.card(tx, account, id, given.source));
      if (source && source.kind === 'refused') return source.error;
      const wanted = given.invoice_settings.default_payment_method ?? null;
      const isNamedTwice = wanted !== null && wanted === given.payment_method;
      const customer: Customer = {
        id,
        account,
        createdAt: this.clocks.now(account),
        deleted: false,
        email: given.email ?? null,
        testClock: given.test_clock ?? '',
        defaultPaymentMethod: isNamedTwice && method ? method.method.id : wanted,
        defaultSource: source ? source.method.id : null,
        details: detailsAfter(given, { ...noDetails, invoicePrefix: id.slice(-8).toUpperCase() }),
        metadata: given.metadata,
      };
      await this.customers.insert(tx, customer);
      for (const each of [method, source]) if (each) await this.methods.save(tx, each.method);
      await this.checkDefault(tx, customer);
      return customer;
    });
  }

  /** @throws StripeError 404 */
  update(claim: RequestClaim, id: string, given: CustomerChangeParameters): Promise<KeyedAnswer> {
    return this.answer(claim, given.expand, async (tx) => {
      const { account } = claim;
      const before = await this.locked(tx, account, id);
      const source = given.source && (await this.card(tx, account, id, given.source));
      if (source && source.kind === 'refused') return source.error;
      if (source) await this.replaceSource(tx, before, source.method);
      const { default_payment_method: wanted } = given.invoice_settings;
      const customer: Customer = {
        ...before,
        email: given.email === undefined ? before.email : given.email,
        defaultPaymentMethod: wanted === undefined ? before.defaultPaymentMethod : wanted,
        defaultSource: source ? source.method.id : (given.default_source ?? before.defaultSource),
        details: detailsAfter(given, before.details),
        metadata: given.metadata === undefined ? before.metadata : metadataAfter(given.metadata, before.metadata),
      };
      await this.customers.update(tx, customer);
      if (customer.defaultPaymentMethod !== before.defaultPaymentMethod) await this.checkDefault(tx, customer);
      if (given.default_source !== undefined) await this.checkSource(tx, customer, given.default_source);
      return customer;
    });
  }

  /** Everything of a person is gone, and its cards can be charged no more. @throws StripeError 404 */
  async delete(account: string, id: string): Promise<object> {
    await this.database.transaction(async (tx) => {
      const before = await this.locked(tx, account, id);
      const empty = { email: null, testClock: '', defaultPaymentMethod: null, defaultSource: null, metadata: {} };
      const details = { ...noDetails, invoicePrefix: '' };
      await this.customers.update(tx, { ...before, ...empty, details, deleted: true });
      await this.stored.detachAll(tx, account, id);
    });
    return deletedCustomerObject(id);
  }

  private async locked(tx: PgTransaction, account: string, id: string): Promise<Customer> {
    const customer = await this.customers.lock(tx, account, id);
    if (!customer) throw noSuchCustomer(id, 'id', 404);
    return customer;
  }

  private async attached(
    tx: PgTransaction,
    account: string,
    customer: string,
    name: string,
  ): Promise<ResolvedPaymentMethod> {
    const resolved = await this.methods.resolve(tx, account, { name, param: 'payment_method' });
    return resolved.kind === 'refused' ? resolved : attached(resolved.method, customer);
  }

  private async card(
    tx: PgTransaction,
    account: string,
    customer: string,
    source: z.output<typeof paymentSource>,
  ): Promise<ResolvedPaymentMethod> {
    const given = { source, param: 'source' };
    const resolved = await this.methods.ofSource(tx, account, given, { prefix: 'card' });
    return resolved.kind === 'refused' ? resolved : attached(resolved.method, customer);
  }

  /** Stripe: the new source takes the place of the default one, which is deleted. */
  private async replaceSource(
    tx: PgTransaction,
    { account, defaultSource }: Customer,
    card: PaymentMethod,
  ): Promise<void> {
    const old = defaultSource === null ? undefined : await this.stored.lock(tx, account, defaultSource);
    if (old) await this.stored.remove(tx, old);
    await this.methods.save(tx, card);
  }

  /** @throws StripeError 400 unless the default payment method is the customer's own */
  private async checkDefault(tx: PgTransaction, { account, id, defaultPaymentMethod }: Customer): Promise<void> {
    if (defaultPaymentMethod === null) return;
    const method = await this.stored.lock(tx, account, defaultPaymentMethod);
    const param = 'invoice_settings[default_payment_method]';
    if (!method) throw resourceMissing('PaymentMethod', defaultPaymentMethod, param, 400);
    if (method.customer !== id) {
      throw invalidRequest(
        `The customer does not have a payment method with the ID ${defaultPaymentMethod}. The payment method must be ` +
          'attached to the customer.',
        { code: 'resource_missing', param },
      );
    }
  }

  private async checkSource(tx: PgTransaction, { account, id }: Customer, source: string): Promise<void> {
    const method = await this.stored.lock(tx, account, source);
    if (method?.customer !== id) throw resourceMissing('source', source, 'default_source', 400);
  }

  private async checkTestClock(tx: PgTransaction, account: string, id: string | undefined): Promise<void> {
    if (id === undefined) return;
    if ((await this.testClocks.find(account, tx))?.id !== id)
      throw resourceMissing('test clock', id, 'test_clock', 400);
  }

  private answer(
    claim: RequestClaim,
    expand: readonly string[],
    work: (tx: PgTransaction) => Promise<Customer | StripeError>,
  ): Promise<KeyedAnswer> {
    return this.keyed.answer({ ...claim, expand }, async (tx) => {
      const result = await work(tx);
      if (result instanceof Error) return result.answer;
      const [object] = await this.shown.of(tx, claim.account, [result], expand);
      return { status: 200, body: jsonText(object!) };
    });
  }
}
