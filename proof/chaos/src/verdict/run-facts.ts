import type { Evidence, Verdict } from '#checker';
import type { RunningStrike } from '../nemesis/nemesis.js';
import type { ChaosJournalRecord } from '../evidence/journals.client.js';
import type { LogEvidence } from '../evidence/log-evidence.js';
import type { HoldEnding, OperationEvidence } from '../evidence/operations.js';
import type { TopicRepeats } from '../evidence/topics.js';
import type { RecordedExchange, UnreadableRequest } from '../workload/exchange.js';
import type { LoadShape } from '../workload/workload.js';

/** What the API itself says once all is quiet, asked for by the suite. */
export interface ReadBack {
  /** By charge. */
  readonly charges: ReadonlyMap<string, { readonly status: string; readonly captured: boolean }>;
  /** By account: currency → pending and available together, in minor units; undefined when it was not told. */
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, number> | undefined>;
}

/** All that is known of a run once it is over: its verdict, and what it reached, follow from this alone. */
export interface RunFacts {
  /** Unix ms at which the workload began. Times of exchanges are Unix ms too; those of strikes count from it. */
  readonly beganAt: number;
  /** How long faults came. */
  readonly durationMs: number;
  readonly traffic: Pick<LoadShape, 'clients' | 'mix'>;
  /** In the order of sending. */
  readonly exchanges: readonly RecordedExchange[];
  readonly unreadable: readonly UnreadableRequest[];
  readonly strikes: readonly RunningStrike[];
  /** When the schedule was through and everything was back in order, from the beginning. */
  readonly healedMs: number;
  readonly endedMs: number;
  /** Until every charge had ended and every event was sent, from the end of the last fault; undefined: never. */
  readonly quietAfterMs: number | undefined;
  /** Until nothing contradicted anything any more: what banks did by themselves had been found and undone. */
  readonly soundAfterMs: number | undefined;
  readonly evidence: Evidence;
  /** The checker's, over the evidence. */
  readonly verdict: Verdict;
  readonly readBack: ReadBack;
  /** Rows that do not follow from their events, as `holdfast verify` looks at them. */
  readonly projection: readonly string[];
  /** By metric sample, how many runs of periodic jobs there were with that outcome. */
  readonly jobRuns: ReadonlyMap<string, number>;
  readonly journal: readonly ChaosJournalRecord[];
  readonly operations: readonly OperationEvidence[];
  readonly holds: readonly HoldEnding[];
  readonly logs: LogEvidence;
  readonly copies: TopicRepeats;
  /** Events that an inbox dropped because it had seen them. */
  readonly duplicatesDropped: number;
  /** Leases that passed from a frozen instance to another before it was thawed, by the number of the strike. */
  readonly leasesPassed: ReadonlyMap<number, number>;
}
