import type { Clock, Timer } from '#clock';
import type { bankProtocol } from '#contracts';
import type { Sql } from '#postgres';
import { RowsFailedError } from '#saga';
import type { KeptSlots, Slot } from '#bank-call';
import { authorizationFrom, type AuthorizationRow } from '../authorizations/authorization.repository.js';
import type { Banks } from '../banks/banks.js';
import type { Dispatch } from './dispatch.js';
import { operationFrom, takeDue, type OperationRow } from './operation.repository.js';
import type { Performer } from './performer.js';
import { actedOnBy, type Task } from './task.js';

/** At most so many at a time, so that a backlog at one bank does not hold a long list of leases. */
const TAKE_MAX = 32;

export interface WorkerObserver {
  /** A bug, or the end of the process: the operation's lease lapses and it is taken again, from doubt. */
  onError(error: unknown, task: Task): void;
}

/** Keeps every bank busy: performs what is handed over, and takes from the table what waits there. */
export class Worker {
  readonly #running = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #open = false;

  constructor(
    private readonly parts: {
      banks: Banks;
      dispatch: Dispatch;
      performer: Performer;
      database: Sql;
      clock: Clock;
      holder: string;
      /** Nothing waits for this: what is handed over, or due at a known time, wakes the worker by itself. */
      lookEveryMs: number;
      observer: WorkerObserver;
      /** Runs one look at the table, counts it and never rejects: `JobRunner` of `#service`. */
      look: (look: () => Promise<void>) => Promise<void>;
    },
  ) {}

  get inHand(): number {
    return this.#running.size;
  }

  start(): void {
    this.#open = true;
    this.parts.dispatch.open((task) => this.#run(task));
    this.#look();
  }

  /** Finishes what is in hand: a call under way is waited for, its outcome recorded. */
  async stop(): Promise<void> {
    this.#open = false;
    this.parts.dispatch.close();
    this.#timer?.cancel();
    await this.#looking;
    await Promise.all(this.#running);
  }

  #run(task: Task): void {
    const running = this.#perform(task).finally(() => {
      this.#running.delete(running);
      if (this.parts.dispatch.takeTurnedAway()) this.#look();
    });
    this.#running.add(running);
  }

  async #perform(task: Task): Promise<void> {
    const { performer, observer, clock, lookEveryMs } = this.parts;
    try {
      const dueInMs = await performer.perform(task);
      if (dueInMs !== undefined && dueInMs < lookEveryMs) clock.after(dueInMs, () => this.#look(), { unref: true });
    } catch (error) {
      observer.onError(error, task);
    }
  }

  #look(): void {
    if (!this.#open) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#timer?.cancel();
    this.#looking = this.parts
      .look(() => this.#takeAll())
      .finally(() => {
        this.#looking = undefined;
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.#look();
        } else if (this.#open) {
          this.#timer = this.parts.clock.after(this.parts.lookEveryMs, () => this.#look());
        }
      });
  }

  /** Slots first, operations then: what is taken can be performed at once. */
  async #takeAll(): Promise<void> {
    const slots = this.#keepSlots();
    if (slots.size === 0) return;
    try {
      const free = new Map([...slots].map(([bank, kept]) => [bank, kept.count]));
      const due = await takeDue<OperationRow & { authorization: AuthorizationRow }>(
        this.parts.database,
        free,
        this.parts.holder,
      );
      const failures = new Map<string, unknown>();
      for (const row of due) {
        const slot = slots.get(row.bank)!.take();
        try {
          this.#run(taskFrom(row, slot));
        } catch (error) {
          // It stays leased, and comes again with the others when that lapses.
          slot.release();
          failures.set(row.reference, error);
        }
      }
      // A full hand: there may be more.
      if ([...slots.values()].some(({ count }) => count === 0)) this.#lookAgain = true;
      if (failures.size > 0) throw new RowsFailedError(failures);
    } finally {
      for (const kept of slots.values()) kept.release();
    }
  }

  #keepSlots(): Map<bankProtocol.BankName, KeptSlots> {
    const { banks } = this.parts;
    const slots = new Map<bankProtocol.BankName, KeptSlots>();
    for (const caller of banks.all) {
      const { name } = caller.config;
      if (banks.knowsTimeOf(name) && caller.freeSlots > 0) slots.set(name, caller.keepSlots(TAKE_MAX));
    }
    return slots;
  }
}

function taskFrom(row: OperationRow & { authorization: AuthorizationRow }, slot: Slot): Task {
  const operation = operationFrom(row, row.authorization.amount_minor);
  const authorization = authorizationFrom(row.authorization, [operation]);
  return {
    terms: authorization.terms,
    operation,
    actsOn: actedOnBy(operation, authorization),
    slot,
    traceparent: row.authorization.traceparent ?? undefined,
  };
}
