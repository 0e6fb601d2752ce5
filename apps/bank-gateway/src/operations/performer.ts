import type { Attempt, AttemptReport } from '#bank-call';
import { fullJitterMs, type Clock } from '#clock';
import type { PgTransaction, UnitOfWork } from '#postgres';
import { answer, type Commands, type Decision } from '#saga';
import { afterOperation, authorizations } from '../authorizations/authorization/authorization.js';
import { operationOf, type Authorization } from '../authorizations/authorization/authorization-state.js';
import type { BankClients } from '../banks/banks.js';
import type { OperationObserver } from './operation-observer.js';
import {
  begin,
  isLive,
  nextAction,
  recordAttempts,
  recordInquiry,
  recordReversal,
  startReversal,
  takeOver,
  type MovementOrder,
  type Operation,
  type AttemptResult,
} from '../authorizations/authorization/operation.js';
import {
  inquiryOf,
  movementOf,
  reversalOf,
  type ClaimedOperation,
} from '../authorizations/authorization/claimed-operation.js';

const RECORD_AGAIN = { baseMs: 50, capMs: 2_000 };

/** A step of an operation's life, decided under the lock of its authorization. */
type Change = (live: Operation) => Operation | undefined;

interface Recorded {
  /** The operation as it was found; undefined when it has ended by now. */
  readonly before: Operation | undefined;
  /** What the change made of it; undefined when it did not want to. */
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

/** The process ends: what it could not record in time is left to its lease. */
export class GatewayStoppingError extends Error {
  readonly code = 'gateway_stopping';

  constructor() {
    super('the gateway is stopping');
  }
}

/**
 * Does the next thing that an operation needs: transaction, call, transaction. It never guesses: whatever it
 * does not know for certain is recorded as doubt, and ends by asking the bank or by a reversal.
 */
export class Performer {
  readonly #closing = new AbortController();

  constructor(private readonly parts: PerformerParts) {}

  /** Pending recordings give up; the operations' leases lapse, and whoever takes them starts from doubt. */
  close(): void {
    this.#closing.abort(new GatewayStoppingError());
  }

  /** @returns in how many milliseconds the operation wants to be looked at again; undefined when it ended or is not ours */
  async perform(task: ClaimedOperation): Promise<number | undefined> {
    try {
      if (task.begun) return await this.#move(task, task.begun);
      const { profile, moment } = this.#world(task);
      // Whoever began it is gone, or late.
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

  /** Begins what nobody has begun, or begins again, and sends it. */
  async #attempt(task: ClaimedOperation): Promise<number | undefined> {
    const { banks } = this.parts;
    const { terms, operation } = task;
    const { bank } = operation;
    if (!banks.canBegin(bank, terms)) {
      // An open breaker would only refuse it: it stays as it is, and an authorization may look for another bank.
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
    const asked = task.operation.attempts.length;
    const attempt = {
      id: `${task.operation.reference}.inquiry.${task.operation.inquiries + 1}`,
      begunAtMs: this.parts.clock.monotonicMs(),
    };
    const { outcome } = await this.parts.banks.call(bank, inquiryOf(task), {
      attempt,
      slot: task.slot,
      traceparent: task.traceparent,
    });
    return this.#record(task, (live) => recordInquiry(live, profile, outcome, asked, moment()));
  }

  /** `reversing` is committed already. A reversal is idempotent by its target: it may be sent as often as needed. */
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

  /** Commits `begun`, together with what came of the attempt before it. */
  async #begin(
    task: ClaimedOperation,
    previous: readonly AttemptReport<MovementOrder>[],
  ): Promise<{ operation: Operation; attempt: Attempt } | undefined> {
    const { banks, clock } = this.parts;
    const { profile, moment, bank } = this.#world(task);
    // Read before the commit: its age is counted from here, however long the commit takes.
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
   * Applies a change to an operation that is live, under its authorization's lock, however long the database is away.
   * An operation that ended meanwhile keeps its end: the first answer recorded is kept, whoever writes it (rule 5).
   *
   * What it returns is of the transaction that committed: one that was rolled back and tried again may have found
   * something else.
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
        tell(observer, task, recorded);
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

function tell(observer: OperationObserver, task: ClaimedOperation, { before, next, authorization }: Recorded): void {
  if (!before || !next || next === before) return;
  if (!isLive(next)) observer.ended(task, next, authorization.state);
  else if (next.needsAttention && !before.needsAttention) observer.needsAttention(task, next);
  else if (next.doubtSince !== null && before.doubtSince === null) observer.inDoubt(task, next);
}

/** What is no answer of a bank may be recorded only by who holds the operation; an answer, by whoever has it. */
function ifHeld(task: ClaimedOperation, change: Change): Change {
  return (live) => (live.version === task.operation.version ? change(live) : undefined);
}

function reportsOf(attempts: readonly AttemptReport<MovementOrder>[]): AttemptResult[] {
  return attempts.map(({ attempt, outcome, tookMs }) => ({ attemptId: attempt.id, outcome, tookMs }));
}
