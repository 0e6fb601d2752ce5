import type { OpenedCharge } from '../charge/charge.js';
import type { Clock } from '#clock';
import type { Database, PgTransaction } from '#postgres';
import type { BatchRunner, Commands, Work } from '#saga';
import { about, SpanKind, type Log, type Tracing } from '#telemetry';
import type { AdmissionControl, Ticket } from '../../admission/admission-control.js';
import type { RequestInProgress } from '../../admission/requests-in-progress.js';
import type { Turns } from '../../admission/turns.js';
import { trafficClassOf, type TrafficClass } from '../../admission/unsettled-charges.js';
import { apiError, StripeError, type ApiResponse } from '../../protocol/stripe-error.js';
import type { AnswerWaiters, Expectation } from '../../idempotency/answer-waiters.js';
import { decideExistingKey, type Claim, type KeyRow } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { claimKeys, enqueueAnswers } from '../../idempotency/key.repository.js';
import type { ClaimOutcome, HeldClaim, OpenClaims } from '../../idempotency/open-claims.js';
import { retryTransient } from '../../idempotency/retry-transient.js';
import type { AnsweredBy } from '../effects/charge-metrics.js';
import { chargeRequest, type RequestOutcome, type ChargeRequest, type DecideIntent } from './charge-request.js';
import { KeyVanishedError } from './charge-request.repository.js';
import type { PendingAnswers } from './pending-answers.js';
import { requestAttributes, setAnswer, setFailure } from './request-span.js';

/** Dependencies of KeyedRequests. */
export interface KeyedRequestParts {
  readonly database: Database;
  readonly commands: Commands<PgTransaction>;
  readonly runner: BatchRunner<PgTransaction>;
  readonly admission: AdmissionControl;
  readonly turns: Turns;
  readonly claims: OpenClaims;
  readonly waiters: AnswerWaiters;
  readonly pending: PendingAnswers;
  readonly clock: Clock;
  readonly log: Log;
  readonly tracing: Tracing;
  readonly observe: (by: AnsweredBy) => void;
  /** How long a request whose commit fails is retried. */
  readonly commitWithinMs: number;
}

/** One request: its decision, and how it is admitted. */
export interface KeyedRequest {
  /** Name of its span: the route. */
  readonly name: string;
  /** The caller's `traceparent`, if it sent one. */
  readonly parent: string | undefined;
  readonly decide: DecideIntent;
  /** Null when only the charge's row knows it, or no bank will be called. */
  readonly traffic: TrafficClass | null;
  /** True when the answer is `pending` whatever happens soon. Absent: the request waits for its outcome. */
  readonly isAnsweredPending?: (charge: OpenedCharge) => boolean;
}

/**
 * Takes every request that moves money from admission to its answer: create, capture, refund. Concurrent requests
 * share a commit. The wait for the saga's outcome holds no connection and no lock; the instance that settles the
 * request stores the answer.
 */
export class KeyedRequests {
  constructor(private readonly parts: KeyedRequestParts) {}

  /** @throws StripeError for errors that are not stored under the key */
  async answer(claim: Claim, request: KeyedRequest): Promise<KeyedAnswer> {
    const { tracing } = this.parts;
    const span = tracing.startSpan(request.name, { parent: request.parent, kind: SpanKind.SERVER });
    const isRecorded = tracing.isRecorded(span.traceparent);
    if (isRecorded) span.set(requestAttributes(request.name, claim));
    try {
      const keyed = await this.admitted(span.traceparent, claim, request);
      if (isRecorded) setAnswer(span, keyed, claim);
      return keyed;
    } catch (error) {
      if (isRecorded) setFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  private async admitted(traceparent: string | undefined, claim: Claim, request: KeyedRequest): Promise<KeyedAnswer> {
    const inProgress = this.parts.admission.enter(claim.account, request.traffic);
    try {
      return await this.inTurn(traceparent, claim, request, inProgress);
    } finally {
      inProgress.end();
    }
  }

  private async inTurn(
    traceparent: string | undefined,
    claim: Claim,
    request: KeyedRequest,
    inProgress: RequestInProgress,
  ): Promise<KeyedAnswer> {
    const turn = await this.parts.turns.take(claim.account);
    try {
      return await this.answerWithin(traceparent, claim, request, inProgress);
    } finally {
      turn.end();
    }
  }

  private async answerWithin(
    traceparent: string | undefined,
    claim: Claim,
    request: KeyedRequest,
    inProgress: RequestInProgress,
  ): Promise<KeyedAnswer> {
    const { claims } = this.parts;
    for (let neighbour = claims.find(claim); neighbour; neighbour = claims.find(claim)) {
      const row = rowAfter(neighbour, await neighbour.outcome, claim);
      if (row) return this.taken(claim, row);
    }
    // No await between lookup and registration, or two requests that waited for the same one could both proceed.
    const ticket = this.parts.admission.admit(claim.account, request.traffic);
    const held = claims.hold(claim);
    const expectation = this.parts.waiters.expect(claim);
    try {
      const came = await this.committed(claim, chargeRequest(claim, request.decide, traceparent), ticket);
      switch (came.kind) {
        case 'taken':
          held.settle(came);
          return await this.taken(claim, came.row, expectation);
        case 'withdrawn':
          throw came.error;
        case 'answered':
          held.settle({ kind: 'ours' });
          this.parts.observe('refused');
          return { answer: came.answer, originalRequestId: claim.requestId };
        case 'accepted': {
          held.settle({ kind: 'ours' });
          const waitMs = request.isAnsweredPending?.(came.charge) ? 0 : claim.answerWithinMs;
          return {
            answer: await this.waited(claim, expectation, waitMs, inProgress),
            originalRequestId: claim.requestId,
          };
        }
      }
    } finally {
      held.settle({ kind: 'failed' });
      held.release();
      expectation.end();
      ticket.end();
    }
  }

  private async taken(claim: Claim, row: KeyRow, waiting?: Expectation): Promise<KeyedAnswer> {
    const ruling = decideExistingKey(row, claim);
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

  private async committed(
    claim: Claim,
    work: Work<ChargeRequest, RequestOutcome, Claim>,
    ticket: Ticket,
  ): Promise<RequestOutcome> {
    try {
      const came = await this.tryAgain(() => this.submit(work));
      if (came.kind === 'accepted')
        ticket.opened(came.charge.opening.id, trafficClassOf(came.charge.opening.instrument));
      return came;
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

  /** If one request fails its batch, each request of the batch is retried alone. */
  private async submit(work: Work<ChargeRequest, RequestOutcome, Claim>): Promise<RequestOutcome> {
    try {
      return await this.parts.commands.submit(work);
    } catch (error) {
      if (this.isTransient(error)) throw error;
      const [outcome] = await this.parts.runner.run([work]);
      return (outcome as { result: RequestOutcome }).result;
    }
  }

  /** A 500 is stored and replays, as at Stripe: the same key never begins the operation again. */
  private async storedFailure(claim: Claim): Promise<StripeError> {
    const failure = apiError('Something went wrong on our side. It has been logged.');
    try {
      await this.tryAgain(() =>
        this.parts.database.transaction(async (tx) => {
          const ours = await claimKeys(tx, [{ ...claim, chargeId: null }]);
          if (ours.size > 0) enqueueAnswers(tx, [{ ...claim, answer: failure.answer }]);
        }),
      );
    } catch (error) {
      this.parts.log.error({ err: error }, 'a failure could not be stored under its key');
    }
    return failure;
  }

  private async waited(
    claim: Claim,
    expectation: Expectation,
    waitMs: number,
    inProgress?: RequestInProgress,
  ): Promise<ApiResponse> {
    const answer = await expectation.answer(waitMs);
    if (answer) inProgress?.settled();
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
    return retryTransient(work, { clock: this.parts.clock, forMs: this.parts.commitWithinMs, isTransient });
  }

  private isTransient(error: unknown): boolean {
    return error instanceof KeyVanishedError || this.parts.database.isTransient(error);
  }
}

/**
 * The outcome of the claim of another request of this process under the same key, without a query.
 *
 * @returns the key's row if an earlier request has it; undefined when the key is free again
 * @throws StripeError when the other request holds the key and still runs
 */
function rowAfter(neighbour: HeldClaim, outcome: ClaimOutcome, claim: Claim): KeyRow | undefined {
  if (outcome.kind === 'taken') return outcome.row;
  // The other request runs in this process and has not timed out.
  if (outcome.kind === 'ours')
    decideExistingKey({ ...neighbour.claim, answer: null, remainingMs: 1, holderAlive: true }, claim);
  return undefined;
}
