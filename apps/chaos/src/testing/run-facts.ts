import type { Strike } from '../nemesis/nemesis.js';
import type { Fault } from '../schedule/fault.js';
import type { RunFacts } from '../sometimes/run-facts.js';

/** A run in which nothing happened, but for what is said otherwise. */
export function runFacts(different: Partial<RunFacts> = {}): RunFacts {
  return {
    beganAt: 1_000_000,
    exchanges: [],
    strikes: [],
    evidence: { charges: [], refunds: [] },
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
      needsAttention: 0,
      errors: new Map(),
    },
    copies: { records: 0, events: 0, copies: [] },
    duplicatesDropped: 0,
    leasesPassed: new Map(),
    ...different,
  };
}

export function aStrike(fault: Fault, different: Partial<Strike> = {}): Strike {
  const times = { atMs: 10_000, lastsMs: 12_000, struckMs: 10_000, liftingMs: 22_000, liftedMs: 22_100 };
  return { number: 1, fault, words: fault.kind, ...times, ...different };
}
