import type { PgTransaction, UnitOfWork, Sql } from '#postgres';
import { decideExistingKey, type Claim } from '../../apps/payments-api/src/idempotency/key.js';
import { claimKeys, enqueueAnswers, readKeys } from '../../apps/payments-api/src/idempotency/key.repository.js';

/** The key is claimed in a row, in the transaction of its effect, so it survives the process. */
export class HardenedIdempotency {
  constructor(private readonly database: UnitOfWork<PgTransaction> & Sql) {}

  handle(key: string, parameters: string, perform: (tx: PgTransaction) => Promise<string>): Promise<string> {
    const claim = claimOf(key, parameters);
    return this.database.transaction(async (tx) => {
      const ours = (await claimKeys(tx, [claim])).size === 1;
      if (!ours) {
        const [row] = (await readKeys(tx, [claim])).values();
        const ruling = decideExistingKey(row!, claim);
        if (ruling.kind === 'answered') return ruling.answer.body;
      }
      const body = await perform(tx);
      enqueueAnswers(tx, [{ ...claim, answer: { status: 200, body } }]);
      return body;
    });
  }
}

let requests = 0;
const claimOf = (key: string, fingerprint: string): Claim => ({
  account: 'acct_1',
  key,
  endpoint: 'POST /v1/charges',
  fingerprint,
  requestId: `req_${++requests}`,
  chargeId: 'ch_1',
  subject: null,
  expand: [],
  apiVersion: '2025-01-01',
  holder: 'payments-api#1',
  answerWithinMs: 10_000,
});
