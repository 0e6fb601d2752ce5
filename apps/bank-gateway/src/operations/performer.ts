import type { Attempt, AttemptReport } from '#bank-call';
import { fullJitterMs, type Clock } from '#clock';
import type { PgTransaction, UnitOfWork } from '#postgres';
import { answer, type Commands, type Decision } from '#saga';
import { afterOperation, authorizations } from '../authorizations/authorization/authorization.js';
import { operationOf, type Authorization } from '../authorizations/authorization/authorization-state.js';
import type { BankClients } from '../banks/banks.js';
import type { OperationObserver } from './operation-observer.js';
import { begin, recordAttempts, takeOver, type AttemptResult } from '../authorizations/authorization/attempt.js';
import {
  isLive,
  startReversal,
  type MovementOrder,
  type Operation,
} from '../authorizations/authorization/operation.js';
import { nextAction } from '../authorizations/authorization/next-action.js';
import { recordInquiry } from '../authorizations/authorization/inquiry.js';
import { recordReversal } from '../authorizations/authorization/reversal.js';
import {
  inquiryOf,
  movementOf,
  reversalOf,
  type ClaimedOperation,
} from '../authorizations/authorization/claimed-operation.js';

const RECORD_AGAIN = { baseMs: 50, capMs: 2_000 };

/** A change of an operation, decided under the row lock of its authorization. */
type Change = (live: Operation) => Operation | undefined;

interface Recorded {
  /** The operation before the change; undefined if it had ended. */
  readonly before: Operation | undefined;
  /** The operation after the change; undefined without one. */
  readonly next: Operation | undefined;
  readonly authorization: Authorization;
}

export interface PerformerParts {
  readonly banks: BankClients;
  readonly commands: Pick<Commands<PgTransaction>, 'submit'>;
  readonly store: Pick<UnitOfWork, 'isTransient'>;
  readonly clock: Clock;
  readonly observer: OperationObserver;
}

/** The process ends before it could record a result. The operation's lease will expire. */
export class GatewayStoppingError extends Error {
  readonly code = 'gateway_stopping';

  constructor() {
    super('the gateway is stopping');
  }
}

/**
 * Performs the next action of an operation: transaction, call, transaction. Anything uncertain is recorded as doubt,
 * which ends by an inquiry, a retry or a reversal.
 */
export class Performer {
  readonly #closing = new AbortController();

  constructor(private readonly parts: PerformerParts) {}

  /** Aborts pending recordings. The operations' leases expire, and the next holder starts from doubt. */
  close(): void {
    this.#closing.abort(new GatewayStoppingError());
  }

  /** @returns the delay of the next action in milliseconds; undefined if it ended or another worker has it */
  async perform(task: ClaimedOperation): Promise<number | undefined> {
    try {
      if (task.begun) return await this.#move(task, task.begun);
      const { profile, moment } = this.#world(task);
      // The worker that began it has crashed, or is late.
      if (task.operation.attempts.at(-1)?.outcome === 'begun')
        return await this.#record(
          task,
          ifHeld(task, (live) => takeOver(live, moment())),
        );
      switch (nextAction(task.operation, profile, moment().bankNow)) {
        case 'attempt':
          return await this.#attempt(task);
        case 'inquire':
          return await this.#inquire(task);
        case 'start_reversal':
          return await this.#record(task, ifHeld(task, startReversal));
        case 'reverse':
          return await this.#reverse(task);
      }
    } finally {
      task.slot.release();
    }
  }

  /** Sends the attempt, and begins one unless it has begun. */
  async #attempt(task: ClaimedOperation): Promise<number | undefined> {
    const { banks } = this.parts;
    const { terms, operation } = task;
    const { bank } = operation;
    if (!banks.canBegin(bank, terms)) {
      // An open breaker would refuse it. Record no attempt; an authorization may try another bank.
      return this.#record(
        task,
        ifHeld(task, (live) => recordAttempts(live, banks.profile(bank), [], banks.moment(bank, terms))),
      );
    }
    const begun = await this.#begin(task, []);
    return begun && this.#move({ ...task, operation: begun.operation }, begun.attempt);
  }

  async #move(task: ClaimedOperation, attempt: Attempt): Promise<number | undefined> {
    const { profile, moment, bank } = this.#world(task);
    let held = task;
    const report = await this.parts.banks.call(bank, movementOf(task), {
      attempt,
      slot: task.slot,
      traceparent: task.traceparent,
      signal: this.#closing.signal,
      beforeReattempt: async (_number, previous) => {
        const begun = await this.#begin(held, [previous]);
        if (begun) held = { ...held, operation: begun.operation };
        return begun?.attempt;
      },
    });
    return this.#record(held, (live) => recordAttempts(live, profile, reportsOf(report.attempts), moment()));
  }

  async #inquire(task: ClaimedOperation): Promise<number | undefined> {
    const { profile, moment, bank } = this.#world(task);
    const attemptsBegun = task.operation.attempts.length;
    const attempt = {
      id: `${task.operation.reference}.inquiry.${task.operation.inquiries + 1}`,
      begunAtMs: this.parts.clock.monotonicMs(),
    };
    const { outcome } = await this.parts.banks.call(bank, inquiryOf(task), {
      attempt,
      slot: task.slot,
      traceparent: task.traceparent,
    });
    return this.#record(task, (live) => recordInquiry(live, profile, outcome, attemptsBegun, moment()));
  }

  /** `reversing` is committed. A reversal is idempotent by its target, so it may be repeated. */
  async #reverse(task: ClaimedOperation): Promise<number | undefined> {
    const { banks, clock } = this.parts;
    const { profile, moment, bank } = this.#world(task);
    const id = `${task.operation.reference}.reversal.${task.operation.reversals + 1}`;
    const { validUntil } = banks.attemptTimes(bank);
    const attempt = { id, begunAtMs: clock.monotonicMs(), validUntil };
    const { outcome } = await banks.call(bank, reversalOf(task), {
      attempt,
      slot: task.slot,
      traceparent: task.traceparent,
    });
    return this.#record(task, (live) => recordReversal(live, profile, outcome, moment()));
  }

  /** Commits `begun`, together with the result of the previous attempt. */
  async #begin(
    task: ClaimedOperation,
    previous: readonly AttemptReport<MovementOrder>[],
  ): Promise<{ operation: Operation; attempt: Attempt } | undefined> {
    const { banks, clock } = this.parts;
    const { profile, moment, bank } = this.#world(task);
    // Read before the commit, so that the attempt's age includes a slow commit.
    const begunAtMs = clock.monotonicMs();
    const { before, next } = await this.#decide(task, (live) => {
      const recorded = previous.length > 0 ? recordAttempts(live, profile, reportsOf(previous), moment()) : live;
      return begin(recorded, profile, { version: task.operation.version }, banks.attemptTimes(bank)) ?? recorded;
    });
    if (!before || !next || next.attempts.length === before.attempts.length) return undefined;
    const { id, validUntil } = next.attempts.at(-1)!;
    return { operation: { ...next, version: before.version + 1 }, attempt: { id, begunAtMs, validUntil } };
  }

  async #record(task: ClaimedOperation, change: Change): Promise<number | undefined> {
    const { authorization } = await this.#decide(task, change);
    const after = operationOf(authorization, task.operation.reference);
    return after && isLive(after) ? after.dueInMs : undefined;
  }

  /**
   * Applies a change to a live operation under its authorization's row lock, with retries while the database is away.
   * An ended operation keeps its end (rule 5). Returns the result of the transaction that committed.
   */
  async #decide(task: ClaimedOperation, change: Change): Promise<Recorded> {
    const { banks, commands, store, clock, observer } = this.parts;
    const { reference } = task.operation;
    const decide = (authorization: Authorization): Decision<Authorization, Recorded> => {
      const found = operationOf(authorization, reference);
      const before = found && isLive(found) ? found : undefined;
      const next = before && change(before);
      const decision = afterOperation(authorization, next, banks.view());
      return answer(decision, { before, next, authorization: decision.state });
    };
    const { chargeId, account } = task.terms;
    for (let attempt = 1; ; attempt++) {
      try {
        const recorded = await commands.submit({
          aggregate: authorizations,
          key: { chargeId },
          account,
          traceparent: task.traceparent,
          decide,
        });
        notify(observer, task, recorded);
        return recorded;
      } catch (error) {
        if (!store.isTransient(error)) throw error;
        await clock.sleep(
          fullJitterMs(attempt, RECORD_AGAIN, () => clock.random()),
          this.#closing.signal,
        );
      }
    }
  }

  #world({ terms, operation: { bank } }: ClaimedOperation) {
    const { banks } = this.parts;
    return { bank, profile: banks.profile(bank), moment: () => banks.moment(bank, terms) };
  }
}

function notify(observer: OperationObserver, task: ClaimedOperation, { before, next, authorization }: Recorded): void {
  if (!before || !next || next === before) return;
  if (!isLive(next)) observer.ended(task, next, authorization.state);
  else if (next.needsAttention && !before.needsAttention) observer.needsAttention(task, next);
  else if (next.doubtSince !== null && before.doubtSince === null) observer.inDoubt(task, next);
}

/** Only the holder may record a result that is no bank's answer; any worker may record an answer. */
function ifHeld(task: ClaimedOperation, change: Change): Change {
  return (live) => (live.version === task.operation.version ? change(live) : undefined);
}

function reportsOf(attempts: readonly AttemptReport<MovementOrder>[]): AttemptResult[] {
  return attempts.map(({ attempt, outcome, tookMs }) => ({ attemptId: attempt.id, outcome, tookMs }));
}
