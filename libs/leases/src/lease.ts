import { statement, type PgTransaction } from '#postgres';

export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Grows with every acquisition of the name, by whomever. */
  readonly epoch: number;
  /**
   * True while no one else can have the lease: until its last renewal was *asked for*, plus its time to
   * live, less a margin. Measured on the monotonic clock, so a process that was frozen sees false before
   * it does anything else.
   */
  isTrusted(): boolean;
}

export class StaleLeaseError extends Error {
  readonly code = 'stale_lease';
  override readonly name = 'StaleLeaseError';
  constructor(readonly lease: Lease) {
    super(`The lease ${lease.name} at epoch ${lease.epoch} has passed to someone else`);
  }
}

const stillMine = statement(
  'leases.fence',
  'SELECT name FROM lease WHERE name = $1 AND holder = $2 AND epoch = $3 FOR KEY SHARE',
);

/**
 * Called inside the leader's own write transaction: throws StaleLeaseError when the lease has passed on.
 * Until that transaction ends nobody can take the lease over, though it may be renewed; so a takeover
 * sees everything that its predecessor wrote, and its predecessor writes nothing more.
 */
export async function fence(tx: PgTransaction, lease: Lease): Promise<void> {
  const rows = await tx.query(stillMine, [lease.name, lease.holder, lease.epoch]);
  if (rows.length === 0) throw new StaleLeaseError(lease);
}
