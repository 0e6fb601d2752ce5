import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Any, type Repository } from 'typeorm';
import { Database, repositoryIn, type PgTransaction, type Sql } from '#postgres';
import { ListStatements } from '../../lists/list-statements.repository.js';
import type { ListBounds, ListPage } from '../../protocol/list-parameters.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import type { Customer } from './customer.js';
import { CustomerEntity } from './customer.entity.js';

const columns = `id, account, created_at AS "createdAt", deleted, email, test_clock AS "testClock",
  default_payment_method AS "defaultPaymentMethod", default_source AS "defaultSource", details, metadata`;

export interface CustomerFilters {
  /** Empty: customers without one. */
  readonly test_clock: string;
  readonly email: string | null;
}

export const customerLists = new ListStatements(
  'customer_list',
  'customer',
  columns,
  { test_clock: 'test_clock', email: 'email' } satisfies Record<keyof CustomerFilters, string>,
  { among: 'NOT deleted', always: ['test_clock'] },
);

/** A page of an account's customers. */
export interface CustomerPage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: CustomerFilters;
}

/** Customers. Each method finds those of the given account alone. */
@Injectable()
export class CustomerRepository {
  constructor(
    @InjectRepository(CustomerEntity) private readonly rows: Repository<CustomerEntity>,
    @Inject(Database) private readonly database: Sql,
  ) {}

  /** Also one that was deleted. */
  async find(account: string, id: string): Promise<Customer | undefined> {
    return (await this.rows.findOneBy({ id, account })) ?? undefined;
  }

  /** Also those that were deleted. */
  async findMany(sql: Sql, account: string, ids: readonly string[]): Promise<Map<string, Customer>> {
    const found = await repositoryIn(sql, this.rows).findBy({ id: Any([...ids]), account });
    return new Map(found.map((customer) => [customer.id, customer]));
  }

  /**
   * Locks it: until the commit no other request changes or deletes it, or gives it another card.
   *
   * @returns undefined for one that was deleted, too
   */
  async lock(tx: PgTransaction, account: string, id: string): Promise<Customer | undefined> {
    const where = { id, account, deleted: false };
    const lock = { mode: 'pessimistic_write' } as const;
    return (await repositoryIn(tx, this.rows).findOne({ where, lock })) ?? undefined;
  }

  async insert(tx: PgTransaction, customer: Customer): Promise<void> {
    await repositoryIn(tx, this.rows).insert(customer);
  }

  async update(tx: PgTransaction, { id, account, ...changed }: Customer): Promise<void> {
    await repositoryIn(tx, this.rows).update({ id, account }, changed);
  }

  /** In the order of the page's direction. */
  list(page: CustomerPage): Promise<Customer[]> {
    return this.database.query<Customer>(...customerLists.of(page, page.filters));
  }
}

/** @param status 404 when the path names it */
export const noSuchCustomer = (id: string, param = 'customer', status: 400 | 404 = 400) =>
  resourceMissing('customer', id, param, status);
