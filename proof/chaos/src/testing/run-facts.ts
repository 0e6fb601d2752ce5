import type { Evidence } from '#checker';
import type { RunningStrike } from '../nemesis/nemesis.js';
import { allInstances, type ChaosFault } from '../schedule/fault.js';
import type { RunFacts } from '../verdict/run-facts.js';
import { noEvidence } from '../../../checker/src/testing/no-evidence.js';
import { BEGAN_AT } from './an-exchange.js';

export interface DifferentFacts extends Partial<Omit<RunFacts, 'evidence'>> {
  readonly evidence?: Partial<Evidence>;
}

/** A sound run without clients and faults, with overrides. */
export function runFacts({ evidence, ...different }: DifferentFacts = {}): RunFacts {
  return {
    beganAt: BEGAN_AT,
    durationMs: 60_000,
    traffic: { clients: 1, mix: {} },
    exchanges: [],
    unreadable: [],
    strikes: [],
    healedMs: 60_000,
    endedMs: 70_000,
    quietAfterMs: 3_000,
    soundAfterMs: 4_000,
    evidence: { ...noEvidence, ...evidence },
    verdict: { holds: true, charges: 0, violations: [] },
    readBack: { charges: new Map(), balances: new Map() },
    projection: [],
    jobRuns: new Map([['periodic_job_runs_total{outcome="succeeded"}', 40]]),
    journal: [],
    operations: [],
    holds: [],
    logs: {
      transitions: [],
      isolatedTransitions: [],
      doubts: [],
      rebalancesInMidBatch: 0,
      parked: 0,
      replayed: 0,
      warnings: [],
      heardFrom: new Set(allInstances),
    },
    copies: { records: 0, events: 0, copies: [] },
    chargeStories: [],
    duplicatesDropped: 0,
    leasesPassed: new Map(),
    ...different,
  };
}

export function aStrike(fault: ChaosFault, different: Partial<RunningStrike> = {}): RunningStrike {
  const times = { atMs: 10_000, lastsMs: 12_000, struckMs: 10_000, liftingMs: 22_000, liftedMs: 22_100 };
  return { number: 1, fault, words: fault.kind, ...times, ...different };
}
