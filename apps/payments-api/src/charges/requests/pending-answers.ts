import { Injectable } from '@nestjs/common';
import { GroupCommit, statement, Database } from '#postgres';
import { AnswerWaiters } from '../../idempotency/answer-waiters.js';
import { columnsOf, readAnswers, storeAnswers } from '../../idempotency/key.repository.js';
import { intentOfSubject, nameOf, type GivenAnswer, type KeyName, type Subject } from '../../idempotency/key.js';
import type { ApiResponse } from '../../protocol/stripe-error.js';
import { answerInVersion } from '../../protocol/versions/render.js';
import type { ChargeRefund } from '../charge/refund.js';
import { causeOf } from '../../stripe-events/event-cause.js';
import type { NewStripeEvent } from '../../stripe-events/stripe-event.js';
import { StripeEvents } from '../../stripe-events/stripe-events.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { processingEvent } from '../../payment-intents/answers/intent-stripe-events.js';
import type { PaymentIntent } from '../../payment-intents/intent/payment-intent.js';
import { pendingEvent } from '../answers/charge-stripe-events.js';
import { answerAbout } from '../keyed-answers/answer.js';
import { chargeOf, columns, shown, withKnown, type FoldColumns } from '../store/charge-rows.repository.js';

export const unansweredStatement = statement(
  'charge_unanswered',
  `SELECT wanted.account, wanted.key, claim.expand, claim."apiVersion", claim.subject, claim."requestId", found.*, wanted_refund.refund,
     shown.intent
   FROM unnest($1::text[], $2::text[]) AS wanted (account, key)
   CROSS JOIN LATERAL (
     SELECT expand, api_version AS "apiVersion", charge_id, subject, request_id AS "requestId" FROM idempotency_key
     WHERE idempotency_key.account = wanted.account AND idempotency_key.key = wanted.key LIMIT 1
   ) AS claim
   CROSS JOIN LATERAL (
     SELECT ${columns} FROM charge WHERE charge.id = claim.charge_id LIMIT 1
   ) AS found
   LEFT JOIN LATERAL (SELECT refund FROM refund WHERE refund.id = claim.subject LIMIT 1) AS wanted_refund ON true
   LEFT JOIN LATERAL (
     SELECT intent FROM payment_intent WHERE payment_intent.id = found.payment_intent LIMIT 1
   ) AS shown ON true
   LEFT JOIN LATERAL (
     SELECT status FROM idempotency_answer AS answer
     WHERE answer.account = wanted.account AND answer.key = wanted.key LIMIT 1
   ) AS given ON true
   WHERE given.status IS NULL`,
);

interface UnansweredRow extends KeyName, FoldColumns {
  expand: string[];
  apiVersion: string;
  subject: Subject;
  requestId: string;
  refund: ChargeRefund | null;
  intent: PaymentIntent | null;
}

/**
 * Answers requests that timed out with the charge or refund in its current state, `pending`. The first stored answer
 * wins: if the request settled meanwhile, its answer is returned.
 */
@Injectable()
export class PendingAnswers {
  private readonly commits: GroupCommit<KeyName, ApiResponse>;

  constructor(
    private readonly database: Database,
    private readonly waiters: AnswerWaiters,
    private readonly clocks: AccountClocks,
    private readonly events: StripeEvents,
  ) {
    // When a bank hangs, hundreds of requests time out at once.
    this.commits = new GroupCommit({ run: (names) => this.answer(names), maxBatch: 256 });
  }

  /** @returns the stored answer of the key */
  of(name: KeyName): Promise<ApiResponse> {
    return this.commits.submit(name);
  }

  private async answer(names: readonly KeyName[]): Promise<ApiResponse[]> {
    // A batch may hold the same key twice.
    const distinct = [...new Map(names.map((name) => [nameOf(name), name])).values()];
    const unanswered = await this.database.query<UnansweredRow>(unansweredStatement, columnsOf(distinct));
    const pending = await Promise.all(unanswered.map((row) => this.pendingAnswer(row)));
    if (pending.length > 0) await this.store(pending);
    const answers = new Map<string, ApiResponse>();
    for (const given of await readAnswers(this.database, distinct)) {
      answers.set(nameOf(given), given.answer);
      this.waiters.answered(given);
    }
    return names.map((name) => {
      const answer = answers.get(nameOf(name));
      if (!answer) throw new Error('a claimed key has its answer once one has been stored');
      return answer;
    });
  }

  /** A create that is answered `pending` has its event, unless the answer of its outcome was first. */
  private store(pending: readonly PendingAnswer[]): Promise<void> {
    return this.database.transaction(async (tx) => {
      const stored = new Set((await storeAnswers(tx, pending)).map(nameOf));
      const first = pending.filter((answer) => stored.has(nameOf(answer)));
      this.events.enqueue(
        tx,
        first.flatMap(({ events }) => events ?? []),
      );
    });
  }

  private async pendingAnswer(row: UnansweredRow): Promise<PendingAnswer> {
    const { account, key, expand, apiVersion, subject, requestId, refund, intent } = row;
    const now = this.clocks.now(account);
    const asked = withKnown(chargeOf(row), refund ? [refund] : []);
    const [charge] = await shown(this.database, [asked], expand);
    const newest = answerAbout(charge!, intent, subject, expand, now);
    const answer = { account, key, answer: answerInVersion(newest, apiVersion) };
    const isCreate = subject === null || intentOfSubject(subject)?.asked === 'confirm';
    if (!isCreate || charge!.state !== 'requested') return answer;
    const { key: _key, ...event } = pendingEvent(charge!, key, now);
    const news = intent ? [event, processingEvent({ intent, charge: charge! }, now)] : [event];
    return { ...answer, events: news.map((each) => ({ account, ...each, cause: causeOf({ key, requestId }) })) };
  }
}

interface PendingAnswer extends GivenAnswer {
  readonly events?: readonly NewStripeEvent[];
}
