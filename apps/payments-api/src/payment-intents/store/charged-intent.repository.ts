import { statement, type PgTransaction, type Sql } from '#postgres';
import type { OpenedCharge } from '../../charges/charge/charge.js';
import {
  chargeOf,
  columns,
  findCharge,
  findCharges,
  shown,
  type ChargeRow,
} from '../../charges/store/charge-rows.repository.js';
import { within } from '../../protocol/expand.js';
import type { PaymentIntent } from '../intent/payment-intent.js';
import type { ChargedIntent } from '../state/intent-status.js';
import { listIntents, lockIntents, type IntentPage } from './payment-intent.repository.js';

/** One statement, so that intent and charge are of one moment. */
export const findChargedIntentStatement = statement(
  'intent_find_charged',
  `SELECT found.intent, latest.*
   FROM (SELECT intent, latest_charge FROM payment_intent WHERE id = $1 AND account = $2) AS found
   LEFT JOIN LATERAL (SELECT ${columns} FROM charge WHERE charge.id = found.latest_charge LIMIT 1) AS latest ON true`,
);

type ChargedIntentRow = { intent: PaymentIntent } & (ChargeRow | { id: null });

/**
 * @param expand of the intent
 * @returns undefined when this account has no such intent
 */
export async function findChargedIntent(
  sql: Sql,
  account: string,
  id: string,
  expand: readonly string[],
): Promise<ChargedIntent | undefined> {
  const [row] = await sql.query<ChargedIntentRow>(findChargedIntentStatement, [id, account]);
  if (!row) return undefined;
  const charges = row.id === null ? [] : [chargeOf(row)];
  const [charge = null] = await shown(sql, charges, within(expand, 'latest_charge'));
  return { intent: row.intent, charge };
}

/** Locks the intent alone: its charge may settle meanwhile, and is read as it is then. */
export async function lockChargedIntent(
  tx: PgTransaction,
  account: string,
  id: string,
  expand: readonly string[],
): Promise<ChargedIntent | undefined> {
  const intent = (await lockIntents(tx, [id])).get(id);
  if (intent?.account !== account) return undefined;
  const charge =
    intent.latestCharge === null
      ? null
      : await findCharge(tx, account, intent.latestCharge, within(expand, 'latest_charge'));
  return { intent, charge: charge ?? null };
}

/** In the order of the page's direction. */
export async function listChargedIntents(
  sql: Sql,
  page: IntentPage,
  expand: readonly string[],
): Promise<ChargedIntent[]> {
  const intents = await listIntents(sql, page);
  const ids = intents.flatMap(({ latestCharge }) => latestCharge ?? []);
  const charges =
    ids.length > 0
      ? await findCharges(sql, page.account, ids, within(expand, 'latest_charge'))
      : new Map<string, OpenedCharge>();
  return intents.map((intent) => ({ intent, charge: charges.get(intent.latestCharge ?? '') ?? null }));
}
