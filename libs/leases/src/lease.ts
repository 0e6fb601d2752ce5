import { statement, type PgTransaction } from '#postgres';

export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** The fencing token: rises with every acquisition of the name. */
  readonly epoch: number;
  /**
   * True until the request of the last renewal + time to live − margin, on the monotonic clock: so long no other process
   * can have the lease. A process that thaws sees false at once.
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
 * Fences the leader's write transaction: locks the lease row, so that a takeover waits until `tx` ends.
 *
 * @throws StaleLeaseError when another process has taken the lease
 */
export async function fence(tx: PgTransaction, lease: Lease): Promise<void> {
  const rows = await tx.query(stillMine, [lease.name, lease.holder, lease.epoch]);
  if (rows.length === 0) throw new StaleLeaseError(lease);
}
