import type { Clock } from '#clock';
import { fence, Leases, StaleLeaseError, type Lease } from '#leases';
import type { PgTransaction } from '#postgres';
import type { DatabasePort } from '../../libs/postgres/src/testing/database-world.js';

/** The lease has an epoch (fencing token), which each writing transaction checks and locks. */
export class HardenedLeader {
  constructor(
    private readonly database: DatabasePort,
    private readonly holder: string,
    private readonly clock: Clock,
  ) {}

  async lead(
    job: (write: (work: (tx: PgTransaction) => Promise<void>) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { database, holder, clock } = this;
    const leases = new Leases({ database, holder, clock });
    const acquired = Promise.withResolvers<Lease>();
    const contender = leases.contend('job', {
      onAcquired: (lease) => acquired.resolve(lease),
      onLost: () => undefined,
    });
    const lease = await acquired.promise;
    try {
      await job((work) =>
        database.transaction(async (tx) => {
          await fence(tx, lease);
          await work(tx);
        }),
      );
    } catch (error) {
      if (!(error instanceof StaleLeaseError)) throw error;
    } finally {
      await contender.close();
      await leases.close();
    }
  }
}
