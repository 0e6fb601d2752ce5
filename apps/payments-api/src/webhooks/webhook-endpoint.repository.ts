import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Database, statement, type PgTransaction } from '#postgres';
import { ListStatements } from '../lists/list-statements.repository.js';
import type { ListBounds, ListPage } from '../protocol/list-parameters.js';
import { WebhookEndpointEntity } from './webhook-endpoint.entity.js';

/** An endpoint without the parts that only deliveries read. */
export type WebhookEndpoint = Omit<WebhookEndpointEntity, 'previousSecretUntil'>;

const columns = `id, account, created_at AS "createdAt", url, enabled_events AS "enabledEvents", status, description,
  metadata, api_version AS "apiVersion", secret_version AS "secretVersion"`;

const insertStatement = statement(
  'webhook_endpoint_insert',
  `INSERT INTO webhook_endpoint (id, account, created_at, url, enabled_events, status, description, metadata,
                                 api_version, secret_version)
   VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6, $7, $8, $9, $10)`,
);
const countStatement = statement(
  'webhook_endpoint_count',
  `SELECT count(*)::int4 AS endpoints FROM webhook_endpoint WHERE account = $1 AND id <> ''`,
);
const lockStatement = statement(
  'webhook_endpoint_lock',
  `SELECT ${columns} FROM webhook_endpoint WHERE id = $1 AND account = $2 FOR UPDATE`,
);
const updateStatement = statement(
  'webhook_endpoint_update',
  `UPDATE webhook_endpoint SET url = $2, enabled_events = $3, status = $4, description = $5, metadata = $6
   WHERE id = $1`,
);
const rollStatement = statement(
  'webhook_endpoint_roll',
  `UPDATE webhook_endpoint SET secret_version = secret_version + 1,
     previous_secret_until = clock_timestamp() + $2::int8 * interval '1 ms'
   WHERE id = $1`,
);
const deleteStatement = statement(
  'webhook_endpoint_delete',
  'DELETE FROM webhook_endpoint WHERE id = $1 AND account = $2 RETURNING id',
);
/** A delivery that commits at the same moment stays, and counts no more: see `pending` in stripe-event.repository.ts. */
export const deleteWaitingStatement = statement(
  'webhook_delivery_delete_waiting',
  `DELETE FROM webhook_delivery WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM webhook_delivery WHERE endpoint_id = $1 AND state = 'pending' ORDER BY due_at
   ))`,
);
export const endpointLists = new ListStatements('webhook_endpoint_list', 'webhook_endpoint', columns, {});

/**
 * Endpoints of merchants. TypeORM reads them. What belongs to a transaction is SQL, as for test clocks.
 */
@Injectable()
export class WebhookEndpointRepository {
  constructor(
    @InjectRepository(WebhookEndpointEntity) private readonly endpoints: Repository<WebhookEndpointEntity>,
    private readonly database: Database,
  ) {}

  async find(account: string, id: string): Promise<WebhookEndpoint | undefined> {
    return (await this.endpoints.findOneBy({ id, account })) ?? undefined;
  }

  /** In the order of the page's direction. */
  list(page: ListBounds & Pick<ListPage, 'direction' | 'limit'> & { account: string }): Promise<WebhookEndpoint[]> {
    return this.database.query<WebhookEndpoint>(...endpointLists.of(page, {}));
  }

  /** With the deliveries that wait for it. @returns false when the account has no such endpoint */
  delete(account: string, id: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const deleted = await tx.query(deleteStatement, [id, account]);
      if (deleted.length > 0) tx.enqueue(deleteWaitingStatement, [id]);
      return deleted.length > 0;
    });
  }

  async count(tx: PgTransaction, account: string): Promise<number> {
    return (await tx.query<{ endpoints: number }>(countStatement, [account]))[0]!.endpoints;
  }

  insert(tx: PgTransaction, endpoint: WebhookEndpoint): void {
    const { id, account, createdAt, url, enabledEvents, status, description, metadata, apiVersion } = endpoint;
    tx.enqueue(insertStatement, [
      id,
      account,
      createdAt,
      url,
      enabledEvents,
      status,
      description,
      JSON.stringify(metadata),
      apiVersion,
      endpoint.secretVersion,
    ]);
  }

  async lock(tx: PgTransaction, account: string, id: string): Promise<WebhookEndpoint | undefined> {
    return (await tx.query<WebhookEndpoint>(lockStatement, [id, account]))[0];
  }

  update(tx: PgTransaction, { id, url, enabledEvents, status, description, metadata }: WebhookEndpoint): void {
    tx.enqueue(updateStatement, [id, url, enabledEvents, status, description, JSON.stringify(metadata)]);
  }

  /** @param overlapMs how long the secret of before signs too */
  roll(tx: PgTransaction, id: string, overlapMs: number): void {
    tx.enqueue(rollStatement, [id, overlapMs]);
  }
}
