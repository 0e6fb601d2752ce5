import { Inject, Injectable } from '@nestjs/common';
import { Database, statement } from '#postgres';

const holdStatement = statement(
  'ledger.story_of_hold',
  `SELECT charge_id, state, account, bank, currency, amount_minor, capture, placed_at, posted_minor, fee_minor, posted_at,
          refusal, cause, refusal_code, stray_minor, traceparent, changed_at
   FROM hold WHERE charge_id = $1`,
);

const transfersStatement = statement(
  'ledger.story_of_transfers',
  `SELECT effect, kind, resolves, debit_account, credit_account, amount_minor, currency, cause, posted_at
   FROM transfer WHERE charge_id = $1 ORDER BY xact, posted_at, effect`,
);

/** One charge as the books tell it, for people. */
@Injectable()
export class StoryRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async of(chargeId: string): Promise<{ hold: object; transfers: object[] } | undefined> {
    const [[hold], transfers] = await Promise.all([
      this.database.query(holdStatement, [chargeId]),
      this.database.query(transfersStatement, [chargeId]),
    ]);
    return hold && { hold, transfers };
  }
}
