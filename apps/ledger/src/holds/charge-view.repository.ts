import { Inject, Injectable } from '@nestjs/common';
import { Database, statement } from '#postgres';

const holdStatement = statement(
  'ledger.story_of_hold',
  `SELECT charge_id, state, account, bank, currency, amount_minor, capture, placed_at, posted_minor, fee_minor, posted_at,
          refusal, cause, refusal_code, stray_minor, bank_capture_id, compensated_by, traceparent, changed_at
   FROM hold WHERE charge_id = $1`,
);

const transfersStatement = statement(
  'ledger.story_of_transfers',
  `SELECT effect, kind, resolves, debit_account, credit_account, amount_minor, currency, cause, posted_at,
          bank_id
   FROM transfer WHERE charge_id = $1 ORDER BY xact, posted_at, effect`,
);

const refundsStatement = statement(
  'ledger.story_of_refunds',
  `SELECT refund_id, state, amount_minor, currency, bank, posted_at, refusal, refusal_code, changed_at
   FROM refund WHERE charge_id = $1 ORDER BY refund_id`,
);

/** The operators' view of a charge: hold, transfers, refunds. */
@Injectable()
export class ChargeViewRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async of(chargeId: string): Promise<{ hold: object; transfers: object[]; refunds: object[] } | undefined> {
    const [[hold], transfers, refunds] = await Promise.all([
      this.database.query(holdStatement, [chargeId]),
      this.database.query(transfersStatement, [chargeId]),
      this.database.query(refundsStatement, [chargeId]),
    ]);
    return hold && { hold, transfers, refunds };
  }
}
