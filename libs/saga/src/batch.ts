import type { Clock } from '#clock';
import type { CloudEvent, NewEvent } from '#contracts';
import type { Transaction, UnitOfWork } from '#postgres';
import {
  inboxIdOf,
  type Admission,
  type Aggregates,
  type Delivery,
  type Inbox,
  type Outbox,
  type WhyParked,
  type WorkingSet,
} from './store.js';
import type { AggregateType, Decision } from './step.js';

/** One thing to decide: a step with its event, or a command with its request. */
export interface Work<State, Result> {
  readonly aggregate: AggregateType<State>;
  readonly id: string;
  /** Whose clock `now` is read from. */
  readonly account?: string | undefined;
  /** The event behind it; a command has none. */
  readonly delivery?: Delivery | undefined;
  readonly traceparent?: string | undefined;
  readonly decide: (state: State, now: number) => Decision<State, Result>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a batch mixes aggregates; each work's own type was checked where it was made
export type AnyWork = Work<any, any>;

/** What came of one work. */
export type Outcome =
  | { readonly kind: 'decided'; readonly result: unknown }
  /** Seen before; dropped. */
  | { readonly kind: 'duplicate' }
  /** An earlier event of its key is parked; set aside behind it. */
  | { readonly kind: 'parked_behind' }
  /** What it is about has not come yet; not seen, as far as the inbox knows. */
  | { readonly kind: 'too_soon' };

export interface BatchParts<Tx extends Transaction> {
  /** The service's name: `ce_source` of what it emits, and the name of its dead letters. */
  readonly service: string;
  readonly store: UnitOfWork<Tx>;
  readonly inbox: Inbox<Tx>;
  readonly outbox: Outbox<Tx>;
  /** By `AggregateType.kind`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- see AnyWork
  readonly aggregates: ReadonlyMap<string, Aggregates<Tx, any>>;
  readonly clock: Clock;
  /** The account's own offset to the clock, in milliseconds; its test clock. */
  readonly accountOffsetMs?: (account: string) => number;
}

const PARKED_BEHIND: WhyParked = { error: 'an earlier event of this key is parked', behind: true, attempts: 0 };

/**
 * The one way in which anything is decided here, a batch at a time, one transaction per batch: inbox →
 * load → decide → save → outbox → commit. An error rolls back the whole batch; who calls decides whether
 * to try again or to look for the culprit.
 */
export class BatchRunner<Tx extends Transaction> {
  constructor(private readonly parts: BatchParts<Tx>) {}

  run(works: readonly AnyWork[]): Promise<Outcome[]> {
    return this.parts.store.transaction(async (tx) => this.decideAll(tx, works, await this.admit(tx, works)));
  }

  /**
   * Within a transaction that holds the key of these events. They were admitted when they were parked, so the inbox
   * is not asked again; and nothing of their key is parked before them.
   */
  runParked(tx: Tx, works: readonly AnyWork[]): Promise<Outcome[]> {
    const fresh = new Set(works.flatMap(({ delivery }) => (delivery ? inboxIdOf(delivery.event) : [])));
    return this.decideAll(tx, works, { fresh, parkedKeys: new Set() });
  }

  /** Whether the same batch may succeed later; see UnitOfWork. */
  isTransient(error: unknown): boolean {
    return this.parts.store.isTransient(error);
  }

  private async admit(tx: Tx, works: readonly AnyWork[]): Promise<Admission> {
    const deliveries = works.flatMap((work) => work.delivery ?? []);
    if (deliveries.length === 0) return { fresh: new Set(), parkedKeys: new Set() };
    return this.parts.inbox.admit(tx, deliveries);
  }

  private async decideAll(tx: Tx, works: readonly AnyWork[], admission: Admission): Promise<Outcome[]> {
    const { inbox, outbox, aggregates } = this.parts;
    const fresh = new Set(admission.fresh);

    const kinds = Map.groupBy(works, (work) => work.aggregate.kind);
    const states = new Map<string, WorkingSet<unknown>>();
    for (const kind of [...kinds.keys()].sort()) {
      const ids = [...new Set(kinds.get(kind)!.map((work) => work.id))].sort();
      states.set(kind, await this.storeOf(kind).load(tx, ids));
    }

    const emitted: CloudEvent[] = [];
    const changed = new Map<string, Map<string, string | undefined>>();
    const outcomes: Outcome[] = [];
    for (const work of works) {
      const state = states.get(work.aggregate.kind)!;
      if (work.delivery) {
        const { event } = work.delivery;
        // Taken out of the set at its first sight, so that a second delivery in this batch is a duplicate too.
        if (!fresh.delete(inboxIdOf(event))) {
          // What is parked is heard already: the other side would only say again what is parked, and so on without end.
          if (event.resent && !admission.parkedKeys.has(event.key))
            emitted.push(...this.asEvents(work.aggregate.restate(state.get(work.id)), work, { resent: true }));
          outcomes.push({ kind: 'duplicate' });
          continue;
        }
        if (admission.parkedKeys.has(event.key)) {
          await inbox.park(tx, work.delivery, PARKED_BEHIND);
          outcomes.push({ kind: 'parked_behind' });
          continue;
        }
      }
      const decision = work.decide(state.get(work.id), this.nowFor(work.account));
      if (decision.tooSoon && work.delivery) {
        // Said again in this very batch, behind what it waits for, it is new as well.
        fresh.add(inboxIdOf(work.delivery.event));
        await inbox.forget(tx, work.delivery.event);
        outcomes.push({ kind: 'too_soon' });
        continue;
      }
      if (decision.changed) {
        state.set(work.id, decision.state);
        if (!changed.has(work.aggregate.kind)) changed.set(work.aggregate.kind, new Map());
        changed.get(work.aggregate.kind)!.set(work.id, work.traceparent);
      }
      emitted.push(...this.asEvents(decision.emit, work, {}));
      outcomes.push({ kind: 'decided', result: decision.result });
    }

    for (const [kind, ids] of changed) {
      const saved = [...ids].map(([id, traceparent]) => ({ id, state: states.get(kind)!.get(id), traceparent }));
      await aggregates.get(kind)!.save(tx, saved);
    }
    if (emitted.length > 0) await outbox.append(tx, emitted);
    return outcomes;
  }

  private storeOf(kind: string): Aggregates<Tx, unknown> {
    const found = this.parts.aggregates.get(kind);
    if (!found) throw new Error(`${this.parts.service} keeps no aggregates of kind "${kind}"`);
    return found;
  }

  private nowFor(account: string | undefined): number {
    const { clock, accountOffsetMs } = this.parts;
    return clock.now() + (account && accountOffsetMs ? accountOffsetMs(account) : 0);
  }

  private asEvents(emit: readonly NewEvent[], work: AnyWork, extra: { resent?: boolean }): CloudEvent[] {
    const { service, clock } = this.parts;
    return emit.map((event) => ({
      ...event,
      source: service,
      time: clock.now(),
      traceparent: work.traceparent,
      ...extra,
    }));
  }
}
