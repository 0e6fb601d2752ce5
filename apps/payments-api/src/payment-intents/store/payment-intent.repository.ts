import { statement, type PgTransaction, type Sql } from '#postgres';
import { ListStatements } from '../../lists/list-statements.repository.js';
import type { ListBounds, ListPage } from '../../protocol/list-parameters.js';
import type { PaymentIntent } from '../intent/payment-intent.js';

export const findIntentStatement = statement(
  'intent_find',
  'SELECT intent FROM payment_intent WHERE id = $1 AND account = $2',
);

/** For its customer, who has its secret and no key. */
export const findIntentOfAnyoneStatement = statement(
  'intent_find_of_anyone',
  'SELECT intent FROM payment_intent WHERE id = $1',
);

/** Locked before the charges of these intents, by everyone who locks both. */
export const lockIntentsStatement = statement(
  'intent_lock',
  `SELECT locked.intent FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (SELECT intent FROM payment_intent WHERE payment_intent.id = wanted.id FOR UPDATE) AS locked`,
);

/** The rows that exist are locked. */
export const saveIntentsStatement = statement(
  'intent_save',
  `INSERT INTO payment_intent (id, account, version, amount_minor, currency, customer, latest_charge, created_at, intent)
   SELECT id, account, version, amount_minor, currency, customer, latest_charge, to_timestamp(created_ms / 1000.0), intent
   FROM unnest($1::text[], $2::text[], $3::int4[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::int8[],
               $9::jsonb[])
     AS new (id, account, version, amount_minor, currency, customer, latest_charge, created_ms, intent)
   ON CONFLICT (id) DO UPDATE
   SET version = excluded.version, amount_minor = excluded.amount_minor, currency = excluded.currency,
       customer = excluded.customer, latest_charge = excluded.latest_charge, intent = excluded.intent`,
);

export const intentLists = new ListStatements(
  'intent_list',
  'payment_intent',
  'intent',
  { customer: 'customer' },
  {
    partial: true,
  },
);

interface IntentRow {
  intent: PaymentIntent;
}

/** A page of an account's intents. */
export interface IntentPage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: { readonly customer: string | null };
}

/** @returns undefined when this account has no such intent */
export async function findIntent(sql: Sql, account: string, id: string): Promise<PaymentIntent | undefined> {
  const [row] = await sql.query<IntentRow>(findIntentStatement, [id, account]);
  return row?.intent;
}

export async function findIntentOfAnyone(sql: Sql, id: string): Promise<PaymentIntent | undefined> {
  const [row] = await sql.query<IntentRow>(findIntentOfAnyoneStatement, [id]);
  return row?.intent;
}

/** @returns those that exist, of every account, by id */
export async function lockIntents(tx: PgTransaction, ids: readonly string[]): Promise<Map<string, PaymentIntent>> {
  const rows = await tx.query<IntentRow>(lockIntentsStatement, [[...new Set(ids)].sort()]);
  return new Map(rows.map(({ intent }) => [intent.id, intent]));
}

/** In the round trip of COMMIT. */
export function enqueueIntents(tx: PgTransaction, intents: readonly PaymentIntent[]): void {
  const sorted = intents.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  tx.enqueue(saveIntentsStatement, [
    sorted.map(({ id }) => id),
    sorted.map(({ account }) => account),
    sorted.map(({ version }) => version),
    sorted.map(({ amount }) => amount.amountMinor),
    sorted.map(({ amount }) => amount.currency),
    sorted.map(({ customer }) => customer),
    sorted.map(({ latestCharge }) => latestCharge),
    sorted.map(({ createdAt }) => createdAt),
    sorted.map((intent) => JSON.stringify(intent)),
  ]);
}

/** In the order of the page's direction. */
export async function listIntents(sql: Sql, page: IntentPage): Promise<PaymentIntent[]> {
  const rows = await sql.query<IntentRow>(...intentLists.of(page, page.filters));
  return rows.map(({ intent }) => intent);
}
