import type { Clock, Timer } from '#clock';
import type { bankProtocol } from '#contracts';
import type { Sql } from '#postgres';
import { RowsFailedError } from '#saga';
import { SingleFlight } from '#single-flight';
import { isolatedTo, type KeptSlots } from '#bank-call';
import { authorizationFrom, type AuthorizationRow } from '../authorizations/store/authorization.repository.js';
import type { BankClients } from '../banks/banks.js';
import type { Dispatch, LaneKind } from './dispatch.js';
import {
  isolatedLanesDue,
  operationFrom,
  takeDue,
  takeDueIsolated,
  type IsolatedLane,
  type OperationRow,
} from '../authorizations/store/operation.repository.js';
import { GatewayStoppingError, type Performer } from './performer.js';
import { actedOnBy, type ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

/** Operations per read, so that a backlog at one bank does not lease a long list. */
const TAKE_MAX = 32;

export interface WorkerObserver {
  /** A bug. The operation's lease expires, and the next holder starts from doubt. */
  onError(error: unknown, task: ClaimedOperation): void;
  /** The process ends, and the operation's lease will expire. */
  onLeft(task: ClaimedOperation): void;
}

/** Performs operations that are handed over in memory, and takes due ones from the table. */
export class Worker {
  readonly #running = new Set<Promise<void>>();
  #timer: Timer | undefined;
  readonly #looks = new SingleFlight(() => this.#lookOnce());
  #open = false;

  constructor(
    private readonly parts: {
      banks: BankClients;
      dispatch: Dispatch;
      performer: Performer;
      database: Sql;
      clock: Clock;
      holder: string;
      /** A fallback: hand-overs and known due times wake the worker by themselves. */
      lookEveryMs: number;
      observer: WorkerObserver;
      /** Runs one read of the table, counts it and never rejects: `JobRunner` of `#service`. */
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

  /** Awaits calls in flight and records their outcomes. */
  async stop(): Promise<void> {
    this.#open = false;
    this.parts.dispatch.close();
    this.#timer?.cancel();
    await this.#looks.close();
    await Promise.all(this.#running);
  }

  #run(task: ClaimedOperation): void {
    const running = this.#perform(task).finally(() => {
      this.#running.delete(running);
      if (this.parts.dispatch.takeTurnedAway(task.terms)) this.#look();
    });
    this.#running.add(running);
  }

  async #perform(task: ClaimedOperation): Promise<void> {
    const { performer, observer, clock, lookEveryMs } = this.parts;
    try {
      const dueInMs = await performer.perform(task);
      if (dueInMs !== undefined && dueInMs < lookEveryMs) clock.after(dueInMs, () => this.#look(), { unref: true });
    } catch (error) {
      if (error instanceof GatewayStoppingError) observer.onLeft(task);
      else observer.onError(error, task);
    }
  }

  #look(): void {
    if (this.#open) void this.#looks.ask();
  }

  async #lookOnce(): Promise<void> {
    this.#timer?.cancel();
    await this.parts.look(() => this.#takeAll());
    if (this.#open) this.#timer = this.parts.clock.after(this.parts.lookEveryMs, () => this.#look());
  }

  async #takeAll(): Promise<void> {
    const failures = new Map<string, unknown>();
    await this.#takeShared(failures);
    await this.#takeIsolated(failures);
    if (failures.size > 0) throw new RowsFailedError(failures);
  }

  /** Reserves slots first, so that every taken operation can be performed at once. */
  async #takeShared(failures: Map<string, unknown>): Promise<void> {
    const { banks, database, holder } = this.parts;
    const slots = new Map<bankProtocol.BankName, KeptSlots>();
    for (const { config, shared } of banks.all) {
      if (banks.knowsTimeOf(config.name) && shared.freeSlots > 0) slots.set(config.name, shared.keepSlots(TAKE_MAX));
    }
    if (slots.size === 0) return;
    await this.#take('shared', [...slots.values()], async () => {
      const free = new Map([...slots].map(([bank, kept]) => [bank, kept.count]));
      const due = await takeDue<DueRow>(database, free, holder);
      for (const row of due) this.#runDue(row, slots.get(row.bank)!, failures);
    });
  }

  /** Accounts have separate slots. Starts with a random account, for fairness. */
  async #takeIsolated(failures: Map<string, unknown>): Promise<void> {
    const { banks, database, holder } = this.parts;
    const available = banks.all.flatMap(({ config, isolatedFree }) =>
      banks.knowsTimeOf(config.name) && isolatedFree > 0 ? [config.name] : [],
    );
    if (available.length === 0) return;
    const due = await isolatedLanesDue(database, available);
    const lanes = this.#rotated(due).flatMap(({ bank, account }) => {
      const callers = banks.callers(bank);
      if (callers.isolatedFree === 0) return [];
      const slots = callers.isolated(account).keepSlots(TAKE_MAX);
      return slots.count > 0 ? [{ bank, account, slots }] : [];
    });
    if (lanes.length === 0) return;
    await this.#take(
      'isolated',
      lanes.map(({ slots }) => slots),
      async () => {
        const free = lanes.map((lane) => ({ ...lane, slots: lane.slots.count }));
        for (const row of await takeDueIsolated<DueRow>(database, free, holder)) {
          const { slots } = lanes.find(({ bank, account }) => bank === row.bank && account === row.isolated_to)!;
          this.#runDue(row, slots, failures);
        }
      },
    );
  }

  async #take(traffic: LaneKind, kept: readonly KeptSlots[], take: () => Promise<void>): Promise<void> {
    try {
      await take();
      if (kept.every(({ count }) => count > 0)) return;
      // A full page: more operations may wait for a slot.
      this.parts.dispatch.turnAway(traffic);
      this.#look();
    } finally {
      for (const slots of kept) slots.release();
    }
  }

  /** An operation that is not run stays leased, and is taken again when the lease expires. */
  #runDue(row: DueRow, kept: KeptSlots, failures: Map<string, unknown>): void {
    try {
      const taken = takenFrom(row);
      const account = isolatedTo(taken.terms);
      // During a rolling upgrade an older instance does not mark operations as isolated.
      const isMislaid = account !== undefined && row.isolated_to !== account;
      const slot = isMislaid ? this.parts.banks.caller(row.bank, taken.terms).tryReserve() : kept.take();
      if (slot) this.#run({ ...taken, slot });
    } catch (error) {
      failures.set(row.reference, error);
    }
  }

  #rotated(lanes: readonly IsolatedLane[]): IsolatedLane[] {
    if (lanes.length < 2) return [...lanes];
    const from = Math.floor(this.parts.clock.random() * lanes.length);
    return [...lanes.slice(from), ...lanes.slice(0, from)];
  }
}

type DueRow = OperationRow & { isolated_to: string | null; authorization: AuthorizationRow };

function takenFrom(row: DueRow): Omit<ClaimedOperation, 'slot'> {
  const operation = operationFrom(row, row.authorization.amount_minor);
  const authorization = authorizationFrom(row.authorization, [operation]);
  return {
    terms: authorization.terms,
    operation,
    actsOn: actedOnBy(operation, authorization),
    traceparent: row.authorization.traceparent ?? undefined,
  };
}
