import { Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { CustomerRepository, noSuchCustomer } from '../customers/customer/customer.repository.js';
import { Expansion, type ReadObjects } from '../expansion/expansion.js';
import { ListPages } from '../lists/list-pages.js';
import type { ExpandParameters } from '../protocol/expand.js';
import { boundsOf, type ListCursor } from '../protocol/list-parameters.js';
import { resourceMissing } from '../protocol/stripe-error.js';
import { paymentMethodObject, sourceObject } from './payment-method-object.js';
import type { MethodListParameters } from './payment-method-parameters.js';
import type { PaymentMethod } from './payment-method.js';
import { PaymentMethodRepository } from './payment-method.repository.js';

const URL = '/v1/payment_methods';

/** GET routes of payment methods. */
@Injectable()
export class PaymentMethodReading {
  constructor(
    private readonly database: Database,
    private readonly stored: PaymentMethodRepository,
    private readonly customers: CustomerRepository,
    private readonly pages: ListPages,
    private readonly expansion: Expansion,
  ) {
    // Default sources are shown as cards, everything else as payment methods.
    const reader =
      (show: (method: PaymentMethod) => object): ReadObjects =>
      async (sql, account, ids) => {
        const found = await stored.findMany(sql, account, ids);
        return new Map([...found].map(([id, method]) => [id, show(method)]));
      };
    expansion.register('pm', reader(paymentMethodObject));
    expansion.register('card', reader(sourceObject));
  }

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string, { expand }: ExpandParameters): Promise<object> {
    const method = await this.stored.find(account, id);
    if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method');
    return (await this.shown(account, [method], expand))[0]!;
  }

  /** @throws StripeError 404 when the customer has no such payment method */
  async retrieveOfCustomer(
    account: string,
    customer: string,
    id: string,
    { expand }: ExpandParameters,
  ): Promise<object> {
    await this.checkCustomer(account, customer, 404);
    const method = await this.stored.find(account, id);
    if (method?.customer !== customer) throw resourceMissing('PaymentMethod', id, 'payment_method');
    return (await this.shown(account, [method], expand))[0]!;
  }

  /** @throws StripeError 400 for a cursor or a customer that the account does not have */
  async list(account: string, parameters: MethodListParameters): Promise<object> {
    const { customer } = parameters.filters;
    if (customer !== null) await this.checkCustomer(account, customer, 400);
    return this.page(account, parameters, URL);
  }

  /** @throws StripeError 404 when the account has no such customer */
  async listOfCustomer(account: string, customer: string, parameters: MethodListParameters): Promise<object> {
    await this.checkCustomer(account, customer, 404);
    const filters = { ...parameters.filters, customer };
    return this.page(account, { ...parameters, filters }, `/v1/customers/${customer}/payment_methods`);
  }

  private async page(account: string, parameters: MethodListParameters, url: string): Promise<object> {
    const { page, cursor, filters, expand, nothing } = parameters;
    const bounds = boundsOf(page, cursor, cursor && (await this.marked(account, cursor)));
    return this.pages.read({
      url,
      account,
      page,
      bounds,
      load: async (within, limit) =>
        nothing ? [] : this.stored.list({ ...within, direction: page.direction, limit, account, filters }),
      placeOf: (method) => method,
      show: async (methods) => {
        const shown = await this.shown(account, methods, expand);
        return (method) => shown[methods.indexOf(method)]!;
      },
    });
  }

  private shown(
    account: string,
    methods: readonly PaymentMethod[],
    expand: readonly string[],
  ): Promise<readonly object[]> {
    const objects = methods.map((method) => paymentMethodObject(method));
    return this.expansion.expand(this.database, account, objects, expand);
  }

  private async marked(account: string, { param, id }: ListCursor): Promise<PaymentMethod> {
    const method = await this.stored.find(account, id);
    if (!method) throw resourceMissing('PaymentMethod', id, param, 400);
    return method;
  }

  private async checkCustomer(account: string, id: string, status: 400 | 404): Promise<void> {
    const customer = await this.customers.find(account, id);
    if (!customer || customer.deleted) throw noSuchCustomer(id, 'customer', status);
  }
}
