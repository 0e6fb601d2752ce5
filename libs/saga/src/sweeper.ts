import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import type { Transaction, UnitOfWork } from '#postgres';
import type { AggregateType } from './step.js';
import type { Outbox } from './store.js';
import { workOff } from './work-off.js';

/** Aggregates that have waited too long for an event. */
export interface Stalled<Tx extends Transaction, State> {
  /** Ids of unfinished aggregates whose backoff has passed, the longest due first. */
  due(limit: number, except: readonly string[]): Promise<readonly string[]>;
  /** Locks those that are still due, and notes the sweep. Concurrent sweepers get disjoint rows. */
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
 * Resends the last events of stalled aggregates, under their first ids. Runs only at the charge's origin: each service
 * answers a resend that it has seen by restating its own events, up to the place of the loss.
 *
 * @param onSwept gets the number of stalled aggregates
 * @throws RowsFailedError for those that cannot be swept, after all others were
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
        if (events.length > 0) outbox.append(tx, events);
        return found.length;
      });
      if (count > 0) onSwept(count);
    },
  });
}
