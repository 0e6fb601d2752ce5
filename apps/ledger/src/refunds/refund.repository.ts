import { Inject, Injectable } from '@nestjs/common';
import type { bankProtocol } from '#contracts';
import { money, type Currency } from '#money';
import { statement, type PgTransaction } from '#postgres';
import type { Aggregates, Saved } from '#saga';

import { merchant } from '../accounts/account.js';
import { ledgerConfig, type LedgerSettings } from '../settings.js';
import { insertTransfers, transferRow } from '../transfers/transfer-row.js';
import { fromRow, toRow, type RefundRow } from './refund-row.js';
import { noFunds, RefundWorkingSet, type RefundFunds } from './refund-working-set.js';
import type { RefundReservation, RefundKey, RefundLimits } from './refund.js';

interface CapturedRow {
  readonly charge_id: string;
  readonly bank: bankProtocol.BankName;
  readonly currency: Currency;
  readonly posted_minor: number;
}

export const loadRefundsStatement = statement(
  'ledger.load_refunds',
  `SELECT refund_id, charge_id, account, state, amount_minor, currency, bank, posted_at, refusal, refusal_code
   FROM refund WHERE refund_id = ANY($1::text[])
   ORDER BY refund_id FOR UPDATE`,
);

export const lockMerchantsStatement = statement(
  'ledger.lock_merchants',
  'SELECT FROM account WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE',
);

// A posted hold never changes, so no row lock is needed.
export const capturedStatement = statement(
  'ledger.captured',
  `SELECT charge_id, bank, currency, posted_minor FROM hold WHERE charge_id = ANY($1::text[]) AND state = 'posted'`,
);

export const refundedStatement = statement(
  'ledger.refunded',
  `SELECT charge_id, sum(amount_minor)::int8 AS refunded_minor FROM refund
   WHERE charge_id = ANY($1::text[]) AND state IN ('reserved', 'posted')
   GROUP BY charge_id`,
);

/**
 * Each merchant's balance (roll-up plus later transfers) less pending refunds, plus its overdraft. Pending holds do not
 * count. Scans all transfers since the last roll-up, by index.
 */
export const spendableStatement = statement(
  'ledger.spendable',
  `WITH written AS MATERIALIZED (
     SELECT charge_id, kind, resolves, debit_account, credit_account, amount_minor FROM transfer
     WHERE xact >= (SELECT xact FROM rollup_horizon)
       AND (debit_account IN (SELECT unnest($1::text[])) OR credit_account IN (SELECT unnest($1::text[])))
     ORDER BY xact
   ), recent AS MATERIALIZED (
     SELECT side.account, sum(side.change_minor) AS balance_minor
     FROM written CROSS JOIN LATERAL (VALUES
       (debit_account, CASE
          WHEN kind IN ('single', 'pending') THEN -amount_minor
          WHEN kind = 'void' THEN amount_minor
          WHEN debit_account IN (SELECT unnest($1::text[])) THEN -amount_minor + (
            SELECT held.amount_minor FROM transfer AS held
            WHERE held.charge_id = written.charge_id AND held.effect = written.resolves)
        END),
       (credit_account, CASE WHEN kind IN ('single', 'post') THEN amount_minor ELSE 0 END)
     ) AS side (account, change_minor)
     GROUP BY side.account
   )
   SELECT merchant.id,
          (coalesce((SELECT credits_posted_minor - debits_posted_minor - debits_pending_minor FROM balance_rollup
                     WHERE account = merchant.id), 0)
           + coalesce((SELECT balance_minor FROM recent WHERE recent.account = merchant.id), 0)
           + coalesce((SELECT (refund_overdraft_minor ->> merchant.currency)::int8 FROM account_limit
                       WHERE account = merchant.owner), $2::int8)
          )::int8 AS spendable_minor
   FROM account AS merchant
   WHERE merchant.id = ANY($1::text[])`,
);

export const saveRefundsStatement = statement(
  'ledger.save_refunds',
  `WITH kept AS (
     INSERT INTO refund (refund_id, charge_id, account, state, amount_minor, currency, bank, posted_at, refusal,
                         refusal_code, traceparent)
     SELECT * FROM json_to_recordset($1::json) AS refund (
       refund_id text, charge_id text, account text, state text, amount_minor int8, currency text, bank text,
       posted_at timestamptz, refusal text, refusal_code text, traceparent text)
     ON CONFLICT (refund_id) DO UPDATE SET
       state = excluded.state, bank = excluded.bank, posted_at = excluded.posted_at, refusal = excluded.refusal,
       refusal_code = excluded.refusal_code, traceparent = excluded.traceparent, changed_at = now()
   )
   ${insertTransfers('$2')}`,
);

@Injectable()
export class RefundRepository implements Aggregates<PgTransaction, RefundReservation, RefundKey, RefundLimits> {
  constructor(@Inject(ledgerConfig.KEY) private readonly settings: Pick<LedgerSettings, 'REFUND_OVERDRAFT_MINOR'>) {}

  /**
   * Locks the merchants of new refunds, which serializes a merchant's refunds. Pipelined: everything is read behind the
   * locks, refunds once more, since a concurrent batch may have inserted them.
   */
  async load(tx: PgTransaction, keys: readonly RefundKey[]): Promise<RefundWorkingSet> {
    const rows = await this.rows(tx, keys);
    const there = new Set(rows.map((row) => row.refund_id));
    const fresh = keys.filter(({ refundId }) => !there.has(refundId));
    if (fresh.length === 0) return new RefundWorkingSet(rows.map(fromRow), noFunds);

    const merchants = merchantsOf(fresh);
    const [, since, means] = await Promise.all([
      tx.query(lockMerchantsStatement, [merchants]),
      this.rows(tx, fresh),
      this.means(tx, fresh, merchants),
    ]);
    return new RefundWorkingSet([...rows, ...since].map(fromRow), means);
  }

  /** Enqueued: it shares a round trip with COMMIT. The accounts exist since the capture was posted. */
  save(tx: PgTransaction, changed: readonly Saved<RefundReservation>[]): Promise<readonly never[]> {
    const refunds: object[] = [];
    const transfers: object[] = [];
    for (const { state: refund, traceparent } of changed) {
      if (refund.state === 'none') continue;
      const row = toRow(refund);
      const posted_at = row.posted_at === null ? null : new Date(row.posted_at).toISOString();
      refunds.push({ ...row, posted_at, traceparent });
      for (const move of refund.moves) transfers.push(transferRow(refund.chargeId, move));
    }
    tx.enqueue(saveRefundsStatement, [JSON.stringify(refunds), JSON.stringify(transfers)]);
    return Promise.resolve([]);
  }

  private rows(tx: PgTransaction, keys: readonly RefundKey[]): Promise<RefundRow[]> {
    return tx.query<RefundRow>(loadRefundsStatement, [[...new Set(keys.map(({ refundId }) => refundId))]]);
  }

  private async means(
    tx: PgTransaction,
    fresh: readonly RefundKey[],
    merchants: readonly string[],
  ): Promise<RefundFunds> {
    const charges = [...new Set(fresh.map(({ chargeId }) => chargeId))];
    const [captured, refunded, spendable] = await Promise.all([
      tx.query<CapturedRow>(capturedStatement, [charges]),
      tx.query<{ charge_id: string; refunded_minor: number }>(refundedStatement, [charges]),
      tx.query<{ id: string; spendable_minor: number }>(spendableStatement, [
        merchants,
        this.settings.REFUND_OVERDRAFT_MINOR,
      ]),
    ]);
    return {
      captured: new Map(
        captured.map((row) => [row.charge_id, { bank: row.bank, amount: money(row.posted_minor, row.currency) }]),
      ),
      refundedMinor: new Map(refunded.map((row) => [row.charge_id, row.refunded_minor])),
      spendableMinor: new Map(spendable.map((row) => [row.id, row.spendable_minor])),
    };
  }
}

/** The merchants' ledger accounts, each once. */
const merchantsOf = (keys: readonly RefundKey[]): string[] => [
  ...new Set(keys.map(({ account, amount }) => merchant(account, amount.currency).id)),
];
