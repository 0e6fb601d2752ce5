import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import type { Transaction, UnitOfWork } from '#postgres';
import type { AggregateType } from './step.js';
import type { Outbox } from './store.js';
import { workOff } from './work-off.js';

/** Aggregates that wait for somebody else, and have waited too long. */
export interface Stalled<Tx extends Transaction, State> {
  /** Ids of those that have not ended and have not moved for as long as their backoff says, the longest due first. */
  due(limit: number, except: readonly string[]): Promise<readonly string[]>;
  /**
   * Locks and returns those of them that are still due, and notes that they were swept now. Two sweepers at once get
   * disjoint ones.
   */
  take(tx: Tx, ids: readonly string[]): Promise<readonly { state: State; traceparent?: string | undefined }[]>;
}

export interface SweeperParts<Tx extends Transaction, State> {
  readonly service: string;
  readonly store: UnitOfWork<Tx>;
  readonly outbox: Outbox<Tx>;
  readonly aggregate: Pick<AggregateType<State>, 'restate'>;
  readonly stalled: Stalled<Tx, State>;
  readonly clock: Clock;
}

const MAX_PER_SWEEP = 500;

/**
 * Says again, under the first ids, what stalled aggregates said last. Only the service where a charge
 * begins and ends sweeps: every service down the line answers a resent event that it has seen by
 * resending its own, so one nudge at the origin finds the place where an event was lost.
 *
 * @param onSwept hears how many aggregates were stalled
 * @throws RowsFailedError for those that cannot be swept; all the others were
 */
export async function sweep<Tx extends Transaction, State>(
  parts: SweeperParts<Tx, State>,
  onSwept: (count: number) => void,
): Promise<void> {
  const { service, store, outbox, aggregate, stalled, clock } = parts;
  await workOff({
    due: (limit, except) => stalled.due(limit, except),
    idOf: (id) => id,
    limit: MAX_PER_SWEEP,
    isTransient: (error) => store.isTransient(error),
    work: async (ids) => {
      const count = await store.transaction(async (tx) => {
        const found = await stalled.take(tx, ids);
        const events = found.flatMap(({ state, traceparent }) =>
          aggregate
            .restate(state)
            .map((event): CloudEvent => ({ ...event, source: service, time: clock.now(), traceparent, resent: true })),
        );
        if (events.length > 0) await outbox.append(tx, events);
        return found.length;
      });
      if (count > 0) onSwept(count);
    },
  });
}
