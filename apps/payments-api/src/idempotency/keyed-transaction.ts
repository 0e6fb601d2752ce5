import type { Clock } from '#clock';
import type { Database, PgTransaction } from '#postgres';
import { apiError, type ApiResponse } from '../protocol/stripe-error.js';
import { answerInVersion } from '../protocol/versions/render.js';
import { decideExistingKey, type Claim, type RequestClaim } from './key.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { claimKeys, enqueueAnswers, readKeys } from './key.repository.js';
import { retryTransient } from './retry-transient.js';

/** For requests that wait for no other service: key, change and answer commit in one transaction. */
export class KeyedTransaction {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly limits: { readonly commitWithinMs: number },
  ) {}

  /**
   * @param claim with the paths that the answer expands
   * @param work makes the change and the answer; may run more than once
   * @throws StripeError that `work` throws; it is not stored under the key
   */
  async answer(
    claim: RequestClaim & Partial<Pick<Claim, 'expand'>>,
    work: (tx: PgTransaction) => Promise<ApiResponse>,
  ): Promise<KeyedAnswer> {
    const whole: Claim = { expand: [], ...claim, chargeId: null, subject: null };
    const isTransient = (error: unknown): boolean => this.database.isTransient(error);
    try {
      return await retryTransient(() => this.database.transaction((tx) => answerIn(tx, whole, work)), {
        clock: this.clock,
        forMs: this.limits.commitWithinMs,
        isTransient,
      });
    } catch (error) {
      if (isTransient(error)) throw apiError('The change could not be stored in time. Repeat it under the same key.');
      throw error;
    }
  }
}

async function answerIn(
  tx: PgTransaction,
  claim: Claim,
  work: (tx: PgTransaction) => Promise<ApiResponse>,
): Promise<KeyedAnswer> {
  const ours = await claimKeys(tx, [claim]);
  if (ours.size === 0) {
    const [row] = (await readKeys(tx, [claim])).values();
    const ruling = row && decideExistingKey(row, claim);
    // Only requests that wait leave a key without an answer, and these use other endpoints.
    if (ruling?.kind !== 'answered') throw apiError('The key was being pruned. Repeat the request.');
    return { answer: ruling.answer, originalRequestId: row!.requestId };
  }
  const answer = answerInVersion(await work(tx), claim.apiVersion);
  enqueueAnswers(tx, [{ ...claim, answer }]);
  return { answer, originalRequestId: claim.requestId };
}
