import { Injectable } from '@nestjs/common';
import { Database, type PgTransaction } from '#postgres';
import { Expansion } from '../expansion/expansion.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import type { RequestClaim } from '../idempotency/key.js';
import { ListPages } from '../lists/list-pages.js';
import { sourceObject } from '../payment-methods/payment-method-object.js';
import type { PaymentMethod } from '../payment-methods/payment-method.js';
import { PaymentMethodRepository } from '../payment-methods/payment-method.repository.js';
import { attached, PaymentMethods, type ResolvedPaymentMethod } from '../payment-methods/payment-methods.js';
import { billingAfter } from '../protocol/contact-parameters.js';
import type { ExpandParameters } from '../protocol/expand.js';
import { jsonText } from '../protocol/json-text.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { boundsOf, type ListCursor } from '../protocol/list-parameters.js';
import { metadataAfter } from '../protocol/metadata.js';
import { resourceMissing } from '../protocol/stripe-error.js';
import type { Customer } from './customer/customer.js';
import { CustomerRepository, noSuchCustomer } from './customer/customer.repository.js';
import type { NewSourceParameters, SourceChangeParameters, SourceListParameters } from './source-parameters.js';

/** Cards under their customer, as older integrations keep them. */
@Injectable()
export class CustomerSources {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly database: Database,
    private readonly customers: CustomerRepository,
    private readonly methods: PaymentMethods,
    private readonly stored: PaymentMethodRepository,
    private readonly pages: ListPages,
    private readonly expansion: Expansion,
  ) {}

  /** The first card of a customer is its default source. @throws StripeError 404 */
  create(claim: RequestClaim, customer: string, given: NewSourceParameters): Promise<KeyedAnswer> {
    return this.answer(claim, given.expand, async (tx) => {
      const { account } = claim;
      const owner = await this.locked(tx, account, customer);
      const { metadata, source } = given;
      const read = await this.methods.ofSource(tx, account, { source, param: 'source' }, { metadata, prefix: 'card' });
      const card = read.kind === 'refused' ? read : attached(read.method, customer);
      if (card.kind === 'method' && owner.defaultSource === null) {
        await this.customers.update(tx, { ...owner, defaultSource: card.method.id });
      }
      return card;
    });
  }

  /** @throws StripeError 404 */
  update(claim: RequestClaim, customer: string, id: string, given: SourceChangeParameters): Promise<KeyedAnswer> {
    return this.answer(claim, given.expand, async (tx) => {
      await this.locked(tx, claim.account, customer);
      const before = this.ofCustomer(await this.stored.lock(tx, claim.account, id), customer, id);
      return { kind: 'method', method: changed(before, given) };
    });
  }

  /** The newest card that is left becomes the default source. @throws StripeError 404 */
  async delete(account: string, customer: string, id: string): Promise<object> {
    await this.database.transaction(async (tx) => {
      const owner = await this.locked(tx, account, customer);
      const card = this.ofCustomer(await this.stored.lock(tx, account, id), customer, id);
      await this.stored.remove(tx, card);
      if (owner.defaultSource !== id) return;
      const bounds = { below: null, above: null, direction: 'down', limit: 1 } as const;
      const [next] = await this.stored.listSources(tx, { ...bounds, account, customer });
      await this.customers.update(tx, { ...owner, defaultSource: next?.id ?? null });
    });
    return { id, object: 'card', deleted: true };
  }

  /** @throws StripeError 404 */
  async retrieve(account: string, customer: string, id: string, { expand }: ExpandParameters): Promise<object> {
    await this.checkCustomer(account, customer);
    const card = this.ofCustomer(await this.stored.find(account, id), customer, id);
    return (await this.expansion.expand(this.database, account, [sourceObject(card)], expand))[0]!;
  }

  /** @throws StripeError 404 for an unknown customer, 400 for a cursor that names none of its cards */
  async list(account: string, customer: string, parameters: SourceListParameters): Promise<object> {
    await this.checkCustomer(account, customer);
    const { page, cursor, expand, nothing } = parameters;
    const marked = cursor && (await this.marked(account, customer, cursor));
    return this.pages.read({
      url: `/v1/customers/${customer}/sources`,
      account,
      page,
      bounds: boundsOf(page, cursor, marked),
      load: async (within, limit) =>
        nothing
          ? []
          : this.stored.listSources(this.database, { ...within, direction: page.direction, limit, account, customer }),
      placeOf: (card) => card,
      show: async (cards) => {
        const shown = await this.expansion.expand(this.database, account, cards.map(sourceObject), expand);
        return (card) => shown[cards.indexOf(card)]!;
      },
    });
  }

  private async marked(account: string, customer: string, { param, id }: ListCursor): Promise<PaymentMethod> {
    const card = await this.stored.find(account, id);
    if (card?.customer !== customer) throw resourceMissing('source', id, param, 400);
    return card;
  }

  private ofCustomer(found: PaymentMethod | undefined, customer: string, id: string): PaymentMethod {
    if (found?.customer !== customer || !id.startsWith('card_')) throw resourceMissing('source', id, 'id');
    return found;
  }

  private async locked(tx: PgTransaction, account: string, id: string): Promise<Customer> {
    const customer = await this.customers.lock(tx, account, id);
    if (!customer) throw noSuchCustomer(id, 'customer', 404);
    return customer;
  }

  private async checkCustomer(account: string, id: string): Promise<void> {
    const customer = await this.customers.find(account, id);
    if (!customer || customer.deleted) throw noSuchCustomer(id, 'customer', 404);
  }

  private answer(
    claim: RequestClaim,
    expand: readonly string[],
    work: (tx: PgTransaction) => Promise<ResolvedPaymentMethod>,
  ): Promise<KeyedAnswer> {
    return this.keyed.answer({ ...claim, expand }, async (tx) => {
      const resolved = await work(tx);
      if (resolved.kind === 'refused') return resolved.error.answer;
      await this.methods.save(tx, resolved.method);
      const [object] = await this.expansion.expand(tx, claim.account, [sourceObject(resolved.method)], expand);
      return { status: 200, body: jsonText(object!) };
    });
  }
}

function changed(before: PaymentMethod, given: SourceChangeParameters): PaymentMethod {
  const { address } = before.billing;
  const { instrument } = before;
  const chosen = <Value>(value: Value | undefined, kept: Value): Value => (value === undefined ? kept : value);
  const billing = {
    name: given.name,
    address: {
      city: chosen(given.address_city, address.city),
      country: chosen(given.address_country, address.country),
      line1: chosen(given.address_line1, address.line1),
      line2: chosen(given.address_line2, address.line2),
      postal_code: chosen(given.address_zip, address.postal_code),
      state: chosen(given.address_state, address.state),
    },
  };
  const expMonth = given.exp_month ?? instrument.card.expMonth;
  const expYear = given.exp_year ?? instrument.card.expYear;
  return {
    ...before,
    billing: billingAfter(billing, before.billing),
    instrument: { ...instrument, card: { ...instrument.card, expMonth, expYear } },
    metadata: given.metadata === undefined ? before.metadata : metadataAfter(given.metadata, before.metadata),
  };
}
