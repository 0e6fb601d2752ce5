import type { Evidence } from '#checker';
import type { Copies } from '../run/topics.js';
import type { BankRecord } from '../run/journals.client.js';
import type { HoldEnding, OperationRow } from '../run/operations.js';
import type { LogEvidence } from '../run/log-evidence.js';
import type { Strike } from '../nemesis/nemesis.js';
import type { Exchange } from '../workload/history.js';

/** All that is known of a run once it is over: what it reached is counted from this. */
export interface RunFacts {
  /** Unix ms at which the workload began; other times count from it. */
  readonly beganAt: number;
  readonly exchanges: readonly Exchange[];
  readonly strikes: readonly Strike[];
  readonly evidence: Pick<Evidence, 'charges' | 'refunds'>;
  readonly journal: readonly BankRecord[];
  readonly operations: readonly OperationRow[];
  readonly holds: readonly HoldEnding[];
  readonly logs: LogEvidence;
  readonly copies: Copies;
  /** Events that an inbox dropped because it had seen them. */
  readonly duplicatesDropped: number;
  /** Leases that passed from a frozen instance to another before it was thawed, by the number of the strike. */
  readonly leasesPassed: ReadonlyMap<number, number>;
}
