import type { ChargeTimeline } from '#charge-story';
import type { Evidence, Verdict } from '#checker';
import type { RunningStrike } from '../nemesis/nemesis.js';
import type { ChaosJournalRecord } from '../evidence/journals.client.js';
import type { LogEvidence } from '../evidence/log-evidence.js';
import type { HoldEnding, OperationEvidence } from '../evidence/operations.js';
import type { TopicRepeats } from '../evidence/topics.js';
import type { RecordedExchange, UnreadableRequest } from '../workload/exchange.js';
import type { LoadShape } from '../workload/workload.js';

/** Charges and balances as the API shows them at quiescence. */
export interface ReadBack {
  /** By charge. */
  readonly charges: ReadonlyMap<string, { readonly status: string; readonly captured: boolean }>;
  /** By account: currency → pending plus available, in minor units. Undefined if the balance was not answered. */
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, number> | undefined>;
}

/** The facts of a finished run. Its verdict and the hard states that it reached are functions of these. */
export interface RunFacts {
  /** Start of the workload in Unix ms. Times of exchanges are Unix ms too; times of strikes count from this one. */
  readonly beganAt: number;
  /** Duration of the schedule. */
  readonly durationMs: number;
  readonly traffic: Pick<LoadShape, 'clients' | 'mix'>;
  /** Ordered by sending. */
  readonly exchanges: readonly RecordedExchange[];
  readonly unreadable: readonly UnreadableRequest[];
  readonly strikes: readonly RunningStrike[];
  /** When all faults were lifted, from the start of the workload. */
  readonly healedMs: number;
  readonly endedMs: number;
  /** From the last fault until every charge had ended and every event was published. Undefined if never. */
  readonly quietAfterMs: number | undefined;
  /** From the last fault until the checker found no violation: reconciliation had reversed every stray. Undefined if never. */
  readonly soundAfterMs: number | undefined;
  readonly evidence: Evidence;
  /** The checker's verdict on the evidence. */
  readonly verdict: Verdict;
  readonly readBack: ReadBack;
  /** Rows that differ from the fold of their events, as `holdfast verify` reports them. */
  readonly projection: readonly string[];
  /** Runs of periodic jobs by metric sample (job and outcome). */
  readonly jobRuns: ReadonlyMap<string, number>;
  readonly journal: readonly ChaosJournalRecord[];
  readonly operations: readonly OperationEvidence[];
  readonly holds: readonly HoldEnding[];
  readonly logs: LogEvidence;
  readonly copies: TopicRepeats;
  /** Of the charges that a reader would ask about. */
  readonly chargeStories: readonly ChargeTimeline[];
  /** Duplicates that an inbox dropped. */
  readonly duplicatesDropped: number;
  /** Leases that another instance took over while their holder was frozen, by number of the strike. */
  readonly leasesPassed: ReadonlyMap<number, number>;
}
