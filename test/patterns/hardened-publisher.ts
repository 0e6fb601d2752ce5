import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import { Leases } from '#leases';
import { OutboxRelay, PostgresOutbox, PostgresOutboxStore, type Bus } from '#messaging';
import type { PgTransaction } from '#postgres';
import type { DatabasePort } from '../../libs/postgres/src/testing/database-world.js';

/** Outbox: the event is a row of the same transaction, and a relay publishes it. */
export class HardenedPublisher {
  readonly #leases: Leases;
  readonly #relay: OutboxRelay;
  readonly #outbox: PostgresOutbox;

  constructor(
    private readonly database: DatabasePort,
    bus: Pick<Bus, 'publish'>,
    clock: Clock,
  ) {
    this.#leases = new Leases({ database, holder: 'orders', clock });
    const store = new PostgresOutboxStore(database);
    this.#relay = new OutboxRelay({ bus, store, leases: this.#leases, clock });
    this.#outbox = new PostgresOutbox(this.#relay, clock);
  }

  async commit(change: (tx: PgTransaction) => Promise<unknown>, event: CloudEvent): Promise<void> {
    await this.database.transaction(async (tx) => {
      await change(tx);
      this.#outbox.append(tx, [event]);
    });
  }

  start(): Promise<void> {
    return this.#relay.start();
  }

  async stop(): Promise<void> {
    await this.#relay.stop();
    await this.#leases.close();
  }
}
