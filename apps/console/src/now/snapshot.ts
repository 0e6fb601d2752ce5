import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import type { InvariantLight } from '../invariants/lights.js';

/** What the page shows of one second. */
export interface Snapshot {
  readonly at: Instant;
  readonly flow: FlowMeasures;
  readonly lights: readonly InvariantLight[];
  readonly processes: readonly ProcessView[];
  /** Whether a supervisor takes commands; else the page shows those of docker compose. */
  readonly supervised: boolean;
  readonly banks: readonly BankCard[];
  readonly faults: readonly bankProtocol.StandingFaultRule[];
}

/** Numbers of one second. Null where nothing is known: no traffic, or no answer. */
export interface FlowMeasures {
  readonly chargesPerSecond: number;
  /** Of the charges that settled in the last ten seconds, the share that succeeded. */
  readonly succeededShare: number | null;
  /** Of requests to `/v1/charges` in the last ten seconds. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Operations whose outcome at a bank is not known. */
  readonly inDoubt: number | null;
  /** Operations that have not ended. */
  readonly underWay: number | null;
  readonly outboxAgeSeconds: number | null;
  readonly consumerLag: number | null;
  readonly eventsPerSecond: number;
}

/** A point of the plots: a snapshot's numbers without its words. */
export interface HistoryPoint extends FlowMeasures {
  readonly at: Instant;
  /** By bank. */
  readonly banks: Readonly<Record<string, { readonly attempts: number; readonly failures: number }>>;
}

export interface ProcessView {
  readonly name: string;
  /** The supervisor's word; under compose `ready` or `no answer`. */
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number | null;
}

export interface BankCard {
  readonly name: string;
  readonly networks: readonly string[];
  /** The worst of the gateway's instances; null when none answers. */
  readonly breaker: BreakerCard | null;
  readonly inFlight: number;
  readonly slots: number;
  readonly retryBudget: { readonly used: number; readonly allowed: number } | null;
  /** Attempts of the last ten seconds, the most frequent outcome first. */
  readonly outcomes: readonly { readonly outcome: string; readonly kind: OutcomeKind; readonly count: number }[];
  readonly inDoubt: number;
}

export interface BreakerCard {
  readonly state: 'closed' | 'open' | 'half_open';
  /** Until a probe may pass; 0 unless it is open. */
  readonly probeInMs: number;
}

/** `performed`: the bank did it. `refused`: a definite no of the bank. `failed`: no answer, or none that counts. */
export type OutcomeKind = 'performed' | 'refused' | 'failed';
