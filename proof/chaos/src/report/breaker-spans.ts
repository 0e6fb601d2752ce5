import type { LoggedBreakerTransition } from '../evidence/log-evidence.js';
import type { RunningStrike } from '../nemesis/nemesis.js';

export interface BreakerSpan {
  readonly bank: string;
  readonly instance: string;
  readonly lane: string;
  readonly state: 'open' | 'half_open';
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Intervals in which each breaker was not closed. An interval ends with its process, since breakers start closed. */
export function breakerSpansOf(
  transitions: readonly LoggedBreakerTransition[],
  strikes: readonly RunningStrike[],
  beganAt: number,
  endMs: number,
): BreakerSpan[] {
  const breakers = Map.groupBy(transitions, ({ bank, instance, lane }) => `${bank} ${instance} ${lane}`);
  return [...breakers.values()].flatMap((of) =>
    of.flatMap(({ bank, instance, lane, to, at }, index): BreakerSpan[] => {
      if (to === 'closed') return [];
      const fromMs = at - beganAt;
      const ends = strikes.flatMap(({ fault, struckMs }) =>
        'processes' in fault && fault.kind !== 'freeze' && (fault.processes as string[]).includes(instance)
          ? [struckMs]
          : [],
      );
      const next = of[index + 1];
      const untilMs = Math.min(next ? next.at - beganAt : endMs, ...ends.filter((endedMs) => endedMs > fromMs));
      return [{ bank, instance, lane, state: to, fromMs, untilMs }];
    }),
  );
}
