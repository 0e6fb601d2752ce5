import type { RunningStrike } from '../nemesis/nemesis.js';
import { kindOfRequest, type RecordedExchange } from '../workload/exchange.js';
import { outcomeOf } from './timeline.js';

export interface Recovery {
  readonly number: number;
  readonly words: string;
  /** From the start of lifting until the targets answered again, such as a process start. */
  readonly liftMs: number | null;
  /** From the start of lifting until requests succeeded as before the faults. Null if not within the run. */
  readonly recoveredMs: number | null;
  /** Another fault was in effect meanwhile. */
  readonly amid: boolean;
}

/** Recovered: this many consecutive requests are each answered within `SOON_MS`. */
const IN_A_ROW = 10;
const SOON_MS = 1_500;

/** Time to recovery after each fault. */
export function recoveriesOf(
  strikes: readonly RunningStrike[],
  exchanges: readonly RecordedExchange[],
  /** Unix ms: the origin of the strikes' times. */
  beganAt: number,
): Recovery[] {
  const telling = exchanges
    .filter((each) => kindOfRequest(each) !== undefined && !each.hungUp && !each.story.startsWith('aimed'))
    .map((each) => ({ ...each, sentMs: each.sentMs - beganAt, endedMs: each.endedMs - beganAt }))
    .sort((a, b) => a.endedMs - b.endedMs);
  return strikes.map((struck) => {
    const { number, words, liftingMs, liftedMs } = struck;
    if (liftingMs === undefined) return { number, words, liftMs: null, recoveredMs: null, amid: false };
    const recoveredAtMs = firstGoodRun(telling.filter(({ sentMs }) => sentMs >= liftingMs));
    const untilMs = recoveredAtMs ?? liftedMs ?? liftingMs;
    return {
      number,
      words,
      liftMs: liftedMs === undefined ? null : liftedMs - liftingMs,
      recoveredMs: recoveredAtMs === undefined ? null : recoveredAtMs - liftingMs,
      amid: strikes.some(
        (other) => other !== struck && other.struckMs < untilMs && (other.liftedMs ?? Infinity) > liftingMs,
      ),
    };
  });
}

function firstGoodRun(exchanges: readonly RecordedExchange[]): number | undefined {
  let good = 0;
  for (const [index, exchange] of exchanges.entries()) {
    const outcome = outcomeOf(exchange);
    const isGood = (outcome === 'settled' || outcome === 'refused') && exchange.endedMs - exchange.sentMs < SOON_MS;
    good = isGood ? good + 1 : 0;
    if (good === IN_A_ROW) return exchanges[index - IN_A_ROW + 1]!.endedMs;
  }
  return undefined;
}
