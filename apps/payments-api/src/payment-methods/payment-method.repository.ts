import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Any, type Repository } from 'typeorm';
import { Database, repositoryIn, type PgTransaction, type Sql } from '#postgres';
import { ListStatements } from '../lists/list-statements.repository.js';
import type { ListBounds, ListPage } from '../protocol/list-parameters.js';
import type { PaymentMethod } from './payment-method.js';
import { PaymentMethodEntity } from './payment-method.entity.js';

const columns = `id, account, customer, created_at AS "createdAt", instrument, billing, metadata,
  allow_redisplay AS "allowRedisplay", spent`;

export type PaymentMethodFilters = Readonly<Record<'customer' | 'allow_redisplay', string | null>>;

export const paymentMethodLists = new ListStatements(
  'payment_method_list',
  'payment_method',
  columns,
  { customer: 'customer', allow_redisplay: 'allow_redisplay' } satisfies Record<keyof PaymentMethodFilters, string>,
  { partial: true, narrowest: 'customer' },
);

/** The older cards of a customer: payment methods are none of its sources. */
export const sourceLists = new ListStatements(
  'source_list',
  'payment_method',
  columns,
  { customer: 'customer' },
  { among: "customer IS NOT NULL AND starts_with(id, 'card_')", always: ['customer'] },
);

/** A page of an account's payment methods. */
export interface PaymentMethodPage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: PaymentMethodFilters;
}

/** Stored payment methods. Each method finds those of the given account alone. */
@Injectable()
export class PaymentMethodRepository {
  constructor(
    @InjectRepository(PaymentMethodEntity) private readonly rows: Repository<PaymentMethodEntity>,
    @Inject(Database) private readonly database: Sql,
  ) {}

  async findMany(sql: Sql, account: string, ids: readonly string[]): Promise<Map<string, PaymentMethod>> {
    const found = await repositoryIn(sql, this.rows).findBy({ id: Any([...ids]), account });
    return new Map(found.map((method) => [method.id, method]));
  }

  async find(account: string, id: string): Promise<PaymentMethod | undefined> {
    return (await this.rows.findOneBy({ id, account })) ?? undefined;
  }

  /** Locks it: until the commit it is neither detached nor charged by another request. */
  async lock(tx: PgTransaction, account: string, id: string): Promise<PaymentMethod | undefined> {
    const where = { id, account };
    const lock = { mode: 'pessimistic_write' } as const;
    return (await repositoryIn(tx, this.rows).findOne({ where, lock })) ?? undefined;
  }

  /** Stores a new one, or what changed. */
  async save(tx: PgTransaction, method: PaymentMethod): Promise<void> {
    await repositoryIn(tx, this.rows).upsert(method, ['id']);
  }

  /** Leaves the customer without any, so that none can be charged again. */
  async detachAll(tx: PgTransaction, account: string, customer: string): Promise<void> {
    await repositoryIn(tx, this.rows).update({ account, customer }, { customer: null, spent: true });
  }

  async remove(tx: PgTransaction, { id, account }: PaymentMethod): Promise<void> {
    await repositoryIn(tx, this.rows).delete({ id, account });
  }

  /** Sources of a customer, in the order of the page's direction. */
  listSources(
    sql: Sql,
    page: Omit<PaymentMethodPage, 'filters'> & { readonly customer: string },
  ): Promise<PaymentMethod[]> {
    return sql.query<PaymentMethod>(...sourceLists.of(page, { customer: page.customer }));
  }

  /** In the order of the page's direction. */
  list(page: PaymentMethodPage): Promise<PaymentMethod[]> {
    return this.database.query<PaymentMethod>(...paymentMethodLists.of(page, page.filters));
  }
}
