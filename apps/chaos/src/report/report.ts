import { missing, countSometimes, type Reached } from '../sometimes/sometimes.js';
import type { Strike } from '../nemesis/nemesis.js';
import type { Outcome } from '../run/chaos-run.js';
import type { Plan } from '../run/plan.js';
import type { Judged } from '../verdict/chaos-invariants.js';
import { amplificationOf, type Amplification } from './amplification.js';
import { breakerSpansOf, type BreakerSpan } from './breaker-spans.js';
import { recoveriesOf, type Recovery } from './recovery.js';
import { timelineOf, type Second } from './timeline.js';

/** Everything that a run says of itself: report.json, and what report.html is drawn from. */
export interface Report {
  readonly name: string;
  readonly story: string;
  readonly seed: number;
  readonly command: string;
  readonly measuredAt: string;
  readonly holds: boolean;
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
  readonly judged: readonly Judged[];
  readonly sometimes: readonly Reached[];
  /** What a scenario was made to reach, and did not. */
  readonly unreached: readonly Reached[];
  readonly strikes: readonly Strike[];
  readonly seconds: readonly Second[];
  readonly breakers: readonly BreakerSpan[];
  readonly recoveries: readonly Recovery[];
  readonly amplification: readonly Amplification[];
  /** Lines at error and above in the services' logs, by message. */
  readonly errorLines: Readonly<Record<string, number>>;
}

export function reportOf(plan: Plan, outcome: Outcome, command: string): Report {
  const { facts, judged, settled, healedMs, endedMs } = outcome;
  const { exchanges, strikes, journal, logs, copies, beganAt, evidence } = facts;
  const sometimes = countSometimes(facts);
  const unreached = missing(sometimes).filter(({ id }) => plan.reaches.includes(id));
  const failedStrikes = strikes.filter(({ error }) => error !== undefined);
  const asked = exchanges.filter((exchange) => exchange.asked !== 'read' && exchange.asked !== 'hostile');
  return {
    name: plan.name,
    story: plan.story,
    seed: plan.seed,
    command,
    measuredAt: new Date(beganAt).toISOString(),
    holds: judged.every(({ lines }) => lines.length === 0) && unreached.length === 0 && failedStrikes.length === 0,
    durationMs: plan.schedule.durationMs,
    healedMs,
    endedMs,
    quietAfterMs: settled.quietAfterMs ?? null,
    soundAfterMs: settled.soundAfterMs ?? null,
    numbers: {
      requests: exchanges.length,
      keys: new Set(asked.map(({ account, key }) => `${account} ${key}`)).size,
      charges: countBy(evidence.charges, ({ state }) => state),
      refunds: countBy(evidence.refunds, ({ state }) => state),
      bankRequests: journal.filter(({ type }) => type === 'request').length,
      events: copies.events,
      stories: countBy(exchanges, ({ story }) => story),
    },
    judged: judged.toSorted((a, b) => numberOf(a) - numberOf(b)),
    sometimes,
    unreached,
    strikes,
    seconds: timelineOf(exchanges),
    breakers: breakerSpansOf(logs.transitions, strikes, beganAt, endedMs),
    recoveries: recoveriesOf(strikes, exchanges),
    amplification: amplificationOf(exchanges, journal, copies),
    errorLines: Object.fromEntries(logs.errors),
  };
}

/** In a few words, the first that applies. */
export function whyBroken({ judged, unreached, strikes }: Report): string {
  const broken = judged.filter(({ lines }) => lines.length > 0).map(({ id }) => id);
  if (broken.length > 0) return `broken: ${broken.join(', ')}`;
  if (unreached.length > 0) return `every promise was kept, but it never came to: ${unreached[0]!.what}`;
  return `a fault could not be done: ${strikes.find(({ error }) => error)?.error ?? ''}`;
}

/** A7 before A10. */
const numberOf = ({ id }: Judged): number => Number.parseInt(id.slice(1), 10);

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(items, nameOf)].map(([name, of]) => [name, of.length]));
}
