import { Injectable } from '@nestjs/common';
import type { Sql } from '#postgres';
import { Expansion } from '../expansion/expansion.js';
import { sourceObject } from '../payment-methods/payment-method-object.js';
import { PaymentMethodRepository } from '../payment-methods/payment-method.repository.js';
import { expands } from '../protocol/expand.js';
import { customerObject } from './customer-object.js';
import type { Customer } from './customer/customer.js';

/** Stripe embeds as many sources in a customer. */
const SOURCES_SHOWN = 10;

/** Renders customers with what a request expands. */
@Injectable()
export class CustomerShown {
  constructor(
    private readonly methods: PaymentMethodRepository,
    private readonly expansion: Expansion,
  ) {}

  async of(
    sql: Sql,
    account: string,
    customers: readonly Customer[],
    expand: readonly string[],
  ): Promise<readonly object[]> {
    const objects: object[] = [];
    for (const customer of customers) {
      const sources = expands(expand, 'sources') ? await this.sourcesOf(sql, customer) : undefined;
      objects.push(customerObject(customer, expand, sources));
    }
    return this.expansion.expand(sql, account, objects, expand);
  }

  private async sourcesOf(sql: Sql, { account, id }: Customer): Promise<object> {
    const bounds = { below: null, above: null, direction: 'down' } as const;
    const found = await this.methods.listSources(sql, { ...bounds, account, customer: id, limit: SOURCES_SHOWN + 1 });
    return {
      object: 'list',
      data: found.slice(0, SOURCES_SHOWN).map(sourceObject),
      has_more: found.length > SOURCES_SHOWN,
      url: `/v1/customers/${id}/sources`,
    };
  }
}
