import { Injectable } from '@nestjs/common';
import { statement, type PgTransaction, type Sql } from '#postgres';
import type { Aggregates, ChargeKey, Saved, WorkingSet } from '#saga';
import { KnownAccounts } from '../accounts/known-accounts.js';
import { insertTransfers, openAccounts, sidesOf, transferRow } from '../transfers/transfer-row.js';
import type { Strays } from './stray.js';

export const saveStraysStatement = statement(
  'ledger.save_strays',
  `WITH opened AS (
     ${openAccounts('$1')}
   )
   ${insertTransfers('$2')}
   ON CONFLICT (charge_id, effect) DO NOTHING`,
);

@Injectable()
export class StrayRepository implements Aggregates<PgTransaction, Strays> {
  /** Strays have no state to load. */
  load(_tx: PgTransaction, keys: readonly ChargeKey[]): Promise<WorkingSet<Strays>> {
    const byCharge = new Map<string, Strays>(keys.map(({ chargeId }) => [chargeId, { chargeId, moves: [] }]));
    return Promise.resolve({
      get: ({ chargeId }) => byCharge.get(chargeId)!,
      set: ({ chargeId }, next) => void byCharge.set(chargeId, next),
      contextOf: () => undefined,
    });
  }

  async save(tx: PgTransaction, changed: readonly Saved<Strays>[]): Promise<readonly never[]> {
    await this.write(
      tx,
      changed.map(({ state }) => state),
    );
    return [];
  }

  /** Inserts missing transfers. */
  async write(sql: Sql, strays: readonly Strays[]): Promise<void> {
    const accounts = new KnownAccounts().unknownOf(strays.flatMap(({ moves }) => sidesOf(moves)));
    const transfers = strays.flatMap(({ chargeId, moves }) => moves.map((move) => transferRow(chargeId, move)));
    await sql.query(saveStraysStatement, [JSON.stringify(accounts), JSON.stringify(transfers)]);
  }
}
