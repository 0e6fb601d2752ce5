import { Inject, Injectable } from '@nestjs/common';
import { statement, type PgTransaction } from '#postgres';
import type { Aggregates, Saved } from '#saga';
import type { Account } from '../accounts/account.js';
import type { AccountLimits } from '../accounts/account-limits.js';
import { AccountLimitsRepository } from '../accounts/account-limits.repository.js';
import { KnownAccounts } from '../accounts/known-accounts.js';
import { fromRow, toRow, type HoldRow } from './hold-row.js';
import { HoldWorkingSet } from './hold-working-set.js';
import type { Hold, HoldKey } from './hold.js';
import { insertTransfers, openAccounts, sidesOf, transferRow } from '../transfers/transfer-row.js';

export const loadHoldsStatement = statement(
  'ledger.load_holds',
  `SELECT charge_id, state, account, bank, currency, amount_minor, capture, placed_at, posted_minor, fee_minor,
          posted_at, refusal, cause, refusal_code, stray_minor, bank_capture_id, compensated_by
   FROM hold WHERE charge_id = ANY($1::text[])
   ORDER BY charge_id FOR UPDATE`,
);

/** Opens new accounts. Few batches have any, and the others do not send it. */
export const openAccountsStatement = statement('ledger.open_accounts', openAccounts('$1'));

/** Saves the batch's changed holds and new transfers. */
export const saveHoldsStatement = statement(
  'ledger.save_holds',
  `WITH kept AS (
     INSERT INTO hold (charge_id, state, account, bank, currency, amount_minor, capture, placed_at, posted_minor,
                       fee_minor, posted_at, refusal, cause, refusal_code, stray_minor, bank_capture_id,
                       compensated_by, traceparent)
     SELECT * FROM json_to_recordset($1::json) AS hold (
       charge_id text, state text, account text, bank text, currency text, amount_minor int8, capture text,
       placed_at timestamptz, posted_minor int8, fee_minor int8, posted_at timestamptz, refusal text, cause text,
       refusal_code text, stray_minor int8, bank_capture_id text, compensated_by text, traceparent text)
     ON CONFLICT (charge_id) DO UPDATE SET
       state = excluded.state, account = excluded.account, bank = excluded.bank, currency = excluded.currency,
       amount_minor = excluded.amount_minor, capture = excluded.capture, placed_at = excluded.placed_at,
       posted_minor = excluded.posted_minor, fee_minor = excluded.fee_minor, posted_at = excluded.posted_at,
       refusal = excluded.refusal, cause = excluded.cause, refusal_code = excluded.refusal_code,
       stray_minor = excluded.stray_minor, bank_capture_id = excluded.bank_capture_id,
       compensated_by = excluded.compensated_by, traceparent = excluded.traceparent, changed_at = now()
   )
   ${insertTransfers('$2')}`,
);

@Injectable()
export class HoldRepository implements Aggregates<PgTransaction, Hold, HoldKey, AccountLimits> {
  private readonly known = new KnownAccounts();

  constructor(@Inject(AccountLimitsRepository) private readonly limits: AccountLimitsRepository) {}

  async load(tx: PgTransaction, keys: readonly HoldKey[]): Promise<HoldWorkingSet> {
    const [rows, limits] = await Promise.all([
      tx.query<HoldRow>(loadHoldsStatement, [[...new Set(keys.map(({ chargeId }) => chargeId))]]),
      this.limits.of(tx, [...new Set(keys.map(({ account }) => account))]),
    ]);
    const there = new Set(rows.map((row) => row.charge_id));
    const fresh = keys.filter(({ chargeId }) => !there.has(chargeId));
    const locked = await this.lockCapped(tx, limits, new Set(fresh.map(({ account }) => account)));
    return new HoldWorkingSet(rows.map(fromRow), new Map([...limits, ...locked]));
  }

  /** Enqueued: it shares a round trip with COMMIT. */
  save(tx: PgTransaction, changed: readonly Saved<Hold>[]): Promise<readonly never[]> {
    const holds: object[] = [];
    const transfers: object[] = [];
    const accounts: Account[] = [];
    for (const { state: hold, traceparent } of changed) {
      if (hold.state === 'none') continue;
      const row = toRow(hold);
      const instants = { placed_at: iso(row.placed_at), posted_at: iso(row.posted_at) };
      holds.push(cells({ ...row, ...instants, traceparent }));
      accounts.push(...sidesOf(hold.moves));
      for (const move of hold.moves) transfers.push(transferRow(hold.chargeId, move));
    }
    const unknown = this.known.unknownOf(accounts);
    if (unknown.length > 0) {
      tx.enqueue(openAccountsStatement, [JSON.stringify(unknown)]);
      tx.onCommit(() => this.known.remember(unknown));
    }
    tx.enqueue(saveHoldsStatement, [JSON.stringify(holds), JSON.stringify(transfers)]);
    return Promise.resolve([]);
  }

  /** Locks limits and sums open holds only for new holds of accounts with a cap. */
  private lockCapped(
    tx: PgTransaction,
    limits: ReadonlyMap<string, AccountLimits>,
    placing: ReadonlySet<string>,
  ): Promise<Map<string, AccountLimits>> {
    const capped = [...limits].filter(
      ([account, { openHoldsCapMinor }]) => placing.has(account) && Object.keys(openHoldsCapMinor).length > 0,
    );
    if (capped.length === 0) return Promise.resolve(new Map());
    return this.limits.lock(
      tx,
      capped.map(([account]) => account),
    );
  }
}

/** Drops null columns, since parsing them from JSON costs as much as others. */
const cells = (row: object): object => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null));
const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
