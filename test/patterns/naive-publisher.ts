import type { CloudEvent } from '#contracts';
import type { Bus } from '#messaging';
import type { UnitOfWork, PgTransaction } from '#postgres';

/** Commits, then publishes. */
export class NaivePublisher {
  constructor(
    private readonly database: UnitOfWork<PgTransaction>,
    private readonly bus: Pick<Bus, 'publish'>,
  ) {}

  async commit(change: (tx: PgTransaction) => Promise<unknown>, event: CloudEvent): Promise<void> {
    await this.database.transaction(change);
    await this.bus.publish([event]);
  }
}
