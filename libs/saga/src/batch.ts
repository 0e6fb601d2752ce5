import type { Clock } from '#clock';
import type { CloudEvent, NewEvent } from '#contracts';
import type { Transaction, UnitOfWork } from '#postgres';
import {
  inboxIdOf,
  type InboxAdmission,
  type Aggregates,
  type Delivery,
  type Inbox,
  type Outbox,
  type Preparation,
  type WhyParked,
  type WorkingSet,
} from './store.js';
import type { Effect, EffectHandler } from './effects.js';
import type { AggregateType, ChargeKey, Decision } from './step.js';

/** One thing to decide: a step with its event, or a command with its request. */
export interface Work<State, Result, Key = ChargeKey, Context = void> {
  readonly aggregate: AggregateType<State, Key, Context>;
  readonly key: Key;
  /** The account whose test clock gives `now`. */
  readonly account?: string | undefined;
  /** The event that caused it; undefined for a command. */
  readonly delivery?: Delivery | undefined;
  readonly traceparent?: string | undefined;
  readonly decide: (state: State, now: number, context: Context) => Decision<State, Result>;
  /** The event's data violates its schema. Nothing is loaded for it, and the decision throws this error. */
  readonly unreadable?: Error | undefined;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a batch mixes aggregates; each work's own type was checked where it was made
export type AnyWork = Work<any, any, any, any>;

/** The result of one work. */
export type WorkOutcome =
  | { readonly kind: 'decided'; readonly result: unknown }
  /** A redelivery: the inbox has its id. Dropped. */
  | { readonly kind: 'duplicate' }
  /** An earlier event of its key is parked, so it is parked behind that one. */
  | { readonly kind: 'parked_behind' }
  /** A prerequisite event was lost. Its id is not in the inbox, so a resend of it is processed. */
  | { readonly kind: 'too_soon' };

export interface BatchParts<Tx extends Transaction> {
  /** The service's name: `ce_source` of what it emits, and the name of its dead letters. */
  readonly service: string;
  readonly store: UnitOfWork<Tx>;
  readonly inbox: Inbox<Tx>;
  readonly outbox: Outbox<Tx>;
  /** By `AggregateType.kind`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- see AnyWork
  readonly aggregates: ReadonlyMap<string, Aggregates<Tx, any, any, any, any>>;
  /** By `AggregateType.kind`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- see AnyWork
  readonly preparations?: ReadonlyMap<string, Preparation<any, any>>;
  /** By kind of effect. */
  readonly effects: ReadonlyMap<string, EffectHandler>;
  readonly clock: Clock;
  /** The offset of the account's test clock, in milliseconds. */
  readonly accountOffsetMs?: (account: string) => number;
}

type Loaded = WorkingSet<unknown, unknown, unknown>;

const PARKED_BEHIND: WhyParked = { error: 'an earlier event of this key is parked', behind: true, attempts: 0 };

/**
 * Runs a batch in one transaction: inbox → load → decide → save → outbox → commit. An error rolls back the whole
 * batch; the caller retries it or looks for the culprit.
 */
export class BatchRunner<Tx extends Transaction> {
  constructor(private readonly parts: BatchParts<Tx>) {}

  run(works: readonly AnyWork[]): Promise<WorkOutcome[]> {
    return this.parts.store.transaction(async (tx) => {
      // The events name what to load, so the inbox need not have answered: one round trip for both.
      const [admission, states] = await Promise.all([this.admit(tx, works), this.load(tx, works)]);
      return this.decideAll(tx, works, admission, states);
    });
  }

  /** `tx` holds the events' key. The inbox is not asked: it admitted these events when they were parked. */
  async runParked(tx: Tx, works: readonly AnyWork[]): Promise<WorkOutcome[]> {
    const fresh = new Set(works.flatMap(({ delivery }) => (delivery ? inboxIdOf(delivery.event) : [])));
    return this.decideAll(tx, works, { fresh, parkedKeys: new Set() }, await this.load(tx, works));
  }

  /** See UnitOfWork. */
  isTransient(error: unknown): boolean {
    return this.parts.store.isTransient(error);
  }

  private async admit(tx: Tx, works: readonly AnyWork[]): Promise<InboxAdmission> {
    const deliveries = works.flatMap((work) => work.delivery ?? []);
    if (deliveries.length === 0) return { fresh: new Set(), parkedKeys: new Set() };
    return this.parts.inbox.admit(tx, deliveries);
  }

  /** By kind of aggregate, locked in the order of kinds. */
  private async load(tx: Tx, works: readonly AnyWork[]): Promise<ReadonlyMap<string, Loaded>> {
    const readable = works.filter(({ unreadable }) => !unreadable);
    const kinds = [...Map.groupBy(readable, (work) => work.aggregate.kind)].sort(([a], [b]) => (a < b ? -1 : 1));
    const loading = kinds.map(async ([kind, ofKind]): Promise<[string, Loaded]> => {
      return [kind, await this.storeOf(kind).load(tx, inOrder(ofKind))];
    });
    return new Map(await Promise.all(loading));
  }

  private async decideAll(
    tx: Tx,
    works: readonly AnyWork[],
    admission: InboxAdmission,
    states: ReadonlyMap<string, Loaded>,
  ): Promise<WorkOutcome[]> {
    const { inbox, outbox } = this.parts;
    const fresh = new Set(admission.fresh);
    const emitted: CloudEvent[] = [];
    const changed = new Map<string, Map<string, AnyWork>>();
    const outcomes: WorkOutcome[] = [];
    for (const work of works) {
      const loaded = states.get(work.aggregate.kind)!;
      if (work.delivery) {
        const { event } = work.delivery;
        // Remove the id at the first delivery, so that a second one in this batch is a duplicate too.
        if (!fresh.delete(inboxIdOf(event))) {
          // Do not restate for a parked key: the two services would resend to each other forever.
          if (event.resent && !work.unreadable && !admission.parkedKeys.has(event.key))
            emitted.push(...this.asEvents(work.aggregate.restate(loaded.get(work.key)), work, { resent: true }));
          outcomes.push({ kind: 'duplicate' });
          continue;
        }
        if (admission.parkedKeys.has(event.key)) {
          inbox.park(tx, work.delivery, PARKED_BEHIND);
          outcomes.push({ kind: 'parked_behind' });
          continue;
        }
      }
      if (work.unreadable) throw work.unreadable;
      const { kind, keyName } = work.aggregate;
      const now = this.nowFor(work.account);
      const decision = work.decide(loaded.get(work.key), now, loaded.contextOf(work.key));
      if (decision.tooSoon && work.delivery) {
        // A resend in this batch, behind the prerequisite, must count as new.
        fresh.add(inboxIdOf(work.delivery.event));
        inbox.forget(tx, work.delivery.event);
        outcomes.push({ kind: 'too_soon' });
        continue;
      }
      if (decision.changed) {
        loaded.set(work.key, decision.state);
        if (!changed.has(kind)) changed.set(kind, new Map());
        changed.get(kind)!.set(keyName(work.key), work);
      }
      emitted.push(...this.asEvents(decision.emit, work, {}));
      outcomes.push({ kind: 'decided', result: decision.result });
    }

    for (const [kind, byName] of changed) {
      const loaded = states.get(kind)!;
      const decided = [...byName.values()].map(({ key, traceparent }) => ({
        key: key as unknown,
        state: loaded.get(key),
        traceparent,
      }));
      const prepared = this.parts.preparations?.get(kind)?.prepare(decided) ?? { changed: decided, effects: [] };
      this.doAfterwards(tx, prepared.effects);
      this.doAfterwards(tx, await this.storeOf(kind).save(tx, prepared.changed, loaded));
    }
    if (emitted.length > 0) outbox.append(tx, emitted);
    return outcomes;
  }

  private doAfterwards(tx: Tx, effects: readonly Effect[]): void {
    for (const effect of effects) {
      const handler = this.parts.effects.get(effect.kind);
      if (!handler) throw new Error(`${this.parts.service} has no handler of "${effect.kind}"`);
      tx.onCommit(() => handler.committed(effect));
      tx.onRollback(() => handler.rolledBack?.(effect));
    }
  }

  private storeOf(kind: string): Aggregates<Tx, unknown, unknown, unknown> {
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

/** The keys of one kind's aggregates, in the order in which rows are locked. */
function inOrder(works: readonly AnyWork[]): unknown[] {
  const named = works.map(({ aggregate, key }) => ({ name: aggregate.keyName(key), key: key as unknown }));
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ key }) => key);
}
