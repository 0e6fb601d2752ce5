import { Inject, Injectable } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { API_VERSION } from '../protocol/api-version.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import type { NewStripeEvent } from './stripe-event.js';
import { raiseStatement } from './stripe-event.repository.js';

/** Called with the endpoints for which a commit left deliveries. */
type DeliveriesListener = (endpointIds: readonly string[]) => void;

/** Writes Stripe's events into the transaction of the change that they tell. */
@Injectable()
export class StripeEvents {
  private tell: DeliveriesListener = () => undefined;

  constructor(
    @Inject(IDS) private readonly ids: Ids,
    private readonly clocks: AccountClocks,
  ) {}

  /** The deliverer of this process, so that it need not look for what this process has committed. */
  onDeliveries(listener: DeliveriesListener): void {
    this.tell = listener;
  }

  /** In the round trip of the next statement or of COMMIT. Listed in this order when their time is the same. */
  enqueue(tx: PgTransaction, events: readonly NewStripeEvent[]): void {
    if (events.length === 0) return;
    let endpointIds: string[] = [];
    tx.enqueue<{ endpointId: string }>(raiseStatement, this.valuesOf(events), (rows) => {
      endpointIds = [...new Set(rows.map(({ endpointId }) => endpointId))];
    });
    tx.onCommit(() => {
      if (endpointIds.length > 0) this.tell(endpointIds);
    });
  }

  private valuesOf(events: readonly NewStripeEvent[]): unknown[] {
    return [
      events.map(() => this.ids.next('evt')),
      events.map(({ account }) => account),
      events.map(({ type }) => type),
      events.map(({ account }) => this.clocks.now(account)),
      events.map(({ object }) => object.id),
      events.map(({ object }) => JSON.stringify(object)),
      events.map(({ previousAttributes }) => (previousAttributes ? JSON.stringify(previousAttributes) : null)),
      events.map(({ cause }) => cause?.requestId ?? null),
      events.map(({ cause }) => cause?.key ?? null),
      events.map(() => API_VERSION),
    ];
  }
}
