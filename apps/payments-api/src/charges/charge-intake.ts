import type { Clock } from '#clock';
import type { Database, PgTransaction } from '#postgres';
import type { BatchRunner, Commands, Work } from '#saga';
import { about, type Log } from '#telemetry';
import type { Admission, Ticket } from '../admission/admission.js';
import { apiError, StripeError, type Answer } from '../http/stripe-error.js';
import type { AnswerWaiters, Expectation } from '../idempotency/answer-waiters.js';
import { rulingOn, type Claim, type KeyRow } from '../idempotency/key.js';
import { claimKeys, storeAnswers } from '../idempotency/key.repository.js';
import type { OpenClaims } from '../idempotency/open-claims.js';
import { tryAgain } from '../idempotency/try-again.js';
import type { AnsweredBy } from './charge-metrics.js';
import type { Opening } from './charge.js';
import { createCharge, refuseCharge, type Created, type Creation } from './create-charge.js';
import type { CreateRequest } from './create-request.js';
import { KeyVanishedError } from './creation.repository.js';
import type { PendingAnswers } from './pending-answers.js';

/** An answer, and the request that it was first made for. */
export interface KeyedAnswer {
  readonly answer: Answer;
  readonly originalRequestId: string;
}

/** The parts of the process that an intake works with. */
export interface IntakeParts {
  readonly database: Database;
  readonly commands: Commands<PgTransaction>;
  readonly runner: BatchRunner<PgTransaction>;
  readonly admission: Admission;
  readonly claims: OpenClaims;
  readonly waiters: AnswerWaiters;
  readonly pending: PendingAnswers;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: (by: AnsweredBy) => void;
  /** A request whose commit fails is tried again for this long. */
  readonly commitWithinMs: number;
}

/**
 * One `POST /v1/charges`, from admission to its answer. The commit is shared with whoever comes at the same
 * time; the wait after it holds nothing. No foreign call is made here: the saga runs on by itself, and
 * whoever settles the charge stores the answer.
 */
export class ChargeIntake {
  constructor(private readonly parts: IntakeParts) {}

  /**
   * @param claim with the charge's id, when there is to be one
   * @throws StripeError for everything that is not stored under the key
   */
  async create(claim: Claim, request: CreateRequest, traceparent: string | undefined): Promise<KeyedAnswer> {
    const row = await this.rowOfNeighbour(claim);
    if (row) return this.taken(claim, row);

    const { presented } = request;
    const network = presented.kind === 'instrument' ? presented.instrument.card.brand : 'none';
    const ticket = this.parts.admission.admit(claim.account, network);
    const held = this.parts.claims.hold(claim);
    const expectation = this.parts.waiters.expect(claim);
    try {
      const refusal = presented.kind === 'refused' ? presented.error.answer : undefined;
      const work =
        presented.kind === 'refused'
          ? refuseCharge(claim, presented.error.answer)
          : createCharge(claim, openingOf(claim, request, presented.instrument), request.details, traceparent);
      const created = await this.committed(claim, work, ticket);
      if (created.kind === 'taken') {
        held.cameTo(created);
        return await this.taken(claim, created.row, expectation);
      }
      held.cameTo({ kind: 'ours' });
      if (refusal) {
        this.parts.observe('refused_at_edge');
        return { answer: refusal, originalRequestId: claim.requestId };
      }
      const answer = await this.waited(claim, expectation, claim.answerWithinMs);
      return { answer, originalRequestId: claim.requestId };
    } finally {
      held.cameTo({ kind: 'failed' });
      held.release();
      expectation.end();
      ticket.end();
    }
  }

  /**
   * Another request of this process may be working under the same key: then what its claim came to is known
   * without a look of our own.
   *
   * @returns the row that was there before either of us
   * @throws StripeError when the other one opened it, and is still running
   */
  private async rowOfNeighbour(claim: Claim): Promise<KeyRow | undefined> {
    for (let held = this.parts.claims.find(claim); held; held = this.parts.claims.find(claim)) {
      const outcome = await held.outcome;
      if (outcome.kind === 'taken') return outcome.row;
      // It lives, as we do, and its time is not up.
      if (outcome.kind === 'ours') rulingOn({ ...held.claim, answer: null, remainingMs: 1, holderAlive: true }, claim);
    }
    return undefined;
  }

  private async taken(claim: Claim, row: KeyRow, waiting?: Expectation): Promise<KeyedAnswer> {
    const ruling = rulingOn(row, claim);
    const { requestId: originalRequestId } = row;
    if (ruling.kind === 'answered') {
      this.parts.observe('replayed');
      return { answer: ruling.answer, originalRequestId };
    }
    const expectation = waiting ?? this.parts.waiters.expect(claim);
    try {
      return { answer: await this.waited(claim, expectation, ruling.waitMs), originalRequestId };
    } finally {
      expectation.end();
    }
  }

  private async committed(claim: Claim, work: Work<Creation, Created>, ticket: Ticket): Promise<Created> {
    try {
      const created = await this.tryAgain(() => this.submit(work));
      if (created.kind === 'opened') ticket.opened(claim.chargeId!);
      return created;
    } catch (error) {
      if (this.isTransient(error)) {
        this.parts.log.warn(
          { err: error, ...about({ charge: claim.chargeId ?? undefined }) },
          'a request could not be committed',
        );
        throw apiError(
          'The request could not be stored in time, and it is not known whether it was. Repeat it under the same ' +
            'Idempotency-Key: it is never executed twice.',
        );
      }
      this.parts.log.error({ err: error }, 'a request failed');
      throw await this.storedFailure(claim);
    } finally {
      ticket.end();
    }
  }

  /** A batch that fails for a reason of its own takes its neighbours with it: each then goes alone. */
  private async submit(work: Work<Creation, Created>): Promise<Created> {
    try {
      return await this.parts.commands.submit(work);
    } catch (error) {
      if (this.isTransient(error)) throw error;
      const [outcome] = await this.parts.runner.run([work]);
      return (outcome as { result: Created }).result;
    }
  }

  /** 500s replay as well: what broke once is not begun again under the same key. */
  private async storedFailure(claim: Claim): Promise<StripeError> {
    const failure = apiError('Something went wrong on our side. It has been logged.');
    try {
      await this.tryAgain(() =>
        this.parts.database.transaction(async (tx) => {
          const ours = await claimKeys(tx, [{ ...claim, chargeId: null }]);
          if (ours.size > 0) await storeAnswers(tx, [{ ...claim, answer: failure.answer }]);
        }),
      );
    } catch (error) {
      this.parts.log.error({ err: error }, 'a failure could not be stored under its key');
    }
    return failure;
  }

  private async waited(claim: Claim, expectation: Expectation, waitMs: number): Promise<Answer> {
    const answer = await expectation.answer(waitMs);
    this.parts.observe(answer ? 'settled' : 'time_up');
    if (answer) return answer;
    try {
      return await this.tryAgain(() => this.parts.pending.of(claim));
    } catch (error) {
      if (!this.isTransient(error)) throw error;
      throw apiError('The answer could not be stored in time. The charge goes on; ask again under the same key.');
    }
  }

  private tryAgain<T>(work: () => Promise<T>): Promise<T> {
    const isTransient = (error: unknown): boolean => this.isTransient(error);
    return tryAgain(work, { clock: this.parts.clock, forMs: this.parts.commitWithinMs, isTransient });
  }

  private isTransient(error: unknown): boolean {
    return error instanceof KeyVanishedError || this.parts.database.isTransient(error);
  }
}

function openingOf(
  { account, chargeId }: Claim,
  request: CreateRequest,
  instrument: Opening['instrument'],
): Omit<Opening, 'openedAt'> {
  const { amount, statementDescriptor, statementDescriptorSuffix } = request;
  return {
    id: chargeId!,
    account,
    amount,
    instrument,
    statementDescriptor,
    statementDescriptorSuffix,
    customer: null,
    paymentIntent: null,
  };
}
