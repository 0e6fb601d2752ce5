import type { ChargeTimeline } from '#charge-story';
import { missing, countSometimes, type ReachedState } from '../verdict/sometimes.js';
import type { RunningStrike } from '../nemesis/nemesis.js';
import type { RunPlan } from '../run/plan.js';
import { failureOf } from '../verdict/failure.js';
import type { PromiseResult } from '../verdict/promise-result.js';
import { judgeRun } from '../verdict/judgements.js';
import type { RunFacts } from '../verdict/run-facts.js';
import { warningsUsed } from '../verdict/warnings.js';
import { kindOfRequest, operationOf } from '../workload/exchange.js';
import { amplificationOf, type Amplification } from './amplification.js';
import { breakerSpansOf, type BreakerSpan } from './breaker-spans.js';
import { recoveriesOf, type Recovery } from './recovery.js';
import { timelineOf, type SecondSummary } from './timeline.js';

/** The content of report.json, from which report.html is rendered. */
export interface ChaosReport {
  readonly name: string;
  readonly story: string;
  readonly seed: number;
  readonly command: string;
  readonly measuredAt: string;
  /** Why the run is not sound. Null if it is. */
  readonly failure: string | null;
  readonly durationMs: number;
  readonly healedMs: number;
  readonly endedMs: number;
  readonly quietAfterMs: number | null;
  readonly soundAfterMs: number | null;
  readonly numbers: {
    readonly requests: number;
    readonly keys: number;
    readonly charges: Readonly<Record<string, number>>;
    readonly refunds: Readonly<Record<string, number>>;
    readonly bankRequests: number;
    readonly events: number;
    readonly stories: Readonly<Record<string, number>>;
  };
  readonly judged: readonly PromiseResult[];
  readonly sometimes: readonly ReachedState[];
  /** Hard states that the scenario must reach and did not. */
  readonly unreached: readonly ReachedState[];
  readonly chargeStories: readonly ChargeTimeline[];
  readonly strikes: readonly RunningStrike[];
  readonly seconds: readonly SecondSummary[];
  readonly breakers: readonly BreakerSpan[];
  readonly recoveries: readonly Recovery[];
  readonly amplification: readonly Amplification[];
  /** Log lines at error and above: count by message. */
  readonly errorLines: Readonly<Record<string, number>>;
  /** Expected warnings: number of times that a fault explained each. */
  readonly warningsUsed: Readonly<Record<string, number>>;
}

/** @param command the command that repeats the run */
export function reportOf(plan: RunPlan, facts: RunFacts, command: string): ChaosReport {
  const { exchanges, strikes, journal, logs, copies, beganAt, evidence, endedMs } = facts;
  const judged = judgeRun(facts);
  const sometimes = countSometimes(facts);
  const unreached = missing(sometimes).filter(({ id }) => plan.reaches.includes(id));
  const asked = exchanges.filter((exchange) => kindOfRequest(exchange) !== undefined);
  return {
    name: plan.name,
    story: plan.story,
    seed: plan.seed,
    command,
    measuredAt: new Date(beganAt).toISOString(),
    failure: failureOf({ judged, unreached, strikes }),
    durationMs: facts.durationMs,
    healedMs: facts.healedMs,
    endedMs,
    quietAfterMs: facts.quietAfterMs ?? null,
    soundAfterMs: facts.soundAfterMs ?? null,
    numbers: {
      requests: exchanges.length + facts.unreadable.length,
      keys: new Set(asked.map(operationOf)).size,
      charges: countBy(evidence.charges, ({ state }) => state),
      refunds: countBy(evidence.refunds, ({ state }) => state),
      bankRequests: journal.filter(({ type }) => type === 'request').length,
      events: copies.events,
      stories: countBy([...exchanges, ...facts.unreadable], ({ story }) => story),
    },
    judged,
    sometimes,
    unreached,
    chargeStories: facts.chargeStories,
    strikes,
    seconds: timelineOf(exchanges, beganAt),
    breakers: breakerSpansOf(logs.transitions, strikes, beganAt, endedMs),
    recoveries: recoveriesOf(strikes, exchanges, beganAt),
    amplification: amplificationOf(exchanges, journal, copies),
    errorLines: countBy(
      logs.warnings.filter(({ level }) => level !== 'warn'),
      ({ message }) => message,
    ),
    warningsUsed: Object.fromEntries(warningsUsed(facts)),
  };
}

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(items, nameOf)].map(([name, of]) => [name, of.length]));
}
