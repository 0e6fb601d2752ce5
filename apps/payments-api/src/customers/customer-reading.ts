import { Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { Expansion } from '../expansion/expansion.js';
import { ListPages } from '../lists/list-pages.js';
import type { ExpandParameters } from '../protocol/expand.js';
import { boundsOf, type ListCursor } from '../protocol/list-parameters.js';
import { SearchPages } from '../search/search-pages.js';
import type { SearchParameters } from '../search/search-parameters.js';
import { customerObject } from './customer-object.js';
import type { CustomerListParameters } from './customer-parameters.js';
import { CustomerShown } from './customer-shown.js';
import type { Customer } from './customer/customer.js';
import { CustomerRepository, noSuchCustomer } from './customer/customer.repository.js';

const URL = '/v1/customers';

/** GET routes of customers. */
@Injectable()
export class CustomerReading {
  constructor(
    private readonly database: Database,
    private readonly customers: CustomerRepository,
    private readonly shown: CustomerShown,
    private readonly pages: ListPages,
    private readonly searches: SearchPages,
    expansion: Expansion,
  ) {
    expansion.register('cus', async (sql, account, ids) => {
      const found = await customers.findMany(sql, account, ids);
      return new Map([...found].map(([id, customer]) => [id, customerObject(customer)]));
    });
  }

  /** One that was deleted is shown as such. @throws StripeError 404 */
  async retrieve(account: string, id: string, { expand }: ExpandParameters): Promise<object> {
    const customer = await this.customers.find(account, id);
    if (!customer) throw noSuchCustomer(id, 'id', 404);
    return (await this.shown.of(this.database, account, [customer], expand))[0]!;
  }

  /** @throws StripeError 400 for a cursor that names no customer of the account */
  async list(account: string, { page, cursor, filters, expand }: CustomerListParameters): Promise<object> {
    const bounds = boundsOf(page, cursor, cursor && (await this.marked(account, cursor)));
    return this.pages.read({
      url: URL,
      account,
      page,
      bounds,
      load: (within, limit) => this.customers.list({ ...within, direction: page.direction, limit, account, filters }),
      placeOf: (customer) => customer,
      show: async (customers) => {
        const shown = await this.shown.of(this.database, account, customers, expand);
        return (customer) => shown[customers.indexOf(customer)]!;
      },
    });
  }

  search(account: string, parameters: SearchParameters): Promise<object> {
    const filters = { email: null, test_clock: '' };
    return this.searches.read<Customer>({
      ...parameters,
      url: `${URL}/search`,
      account,
      load: (bounds, limit) => this.customers.list({ ...bounds, direction: 'down', limit, account, filters }),
      placeOf: (customer) => customer,
      show: (customer) => customerObject(customer),
      render: (customers) => this.shown.of(this.database, account, customers, parameters.expand),
    });
  }

  private async marked(account: string, { param, id }: ListCursor): Promise<Customer> {
    const customer = await this.customers.find(account, id);
    if (!customer) throw noSuchCustomer(id, param);
    return customer;
  }
}
