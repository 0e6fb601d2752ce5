import type { RunningStrike } from '../nemesis/nemesis.js';
import { askedFor, type RecordedExchange } from '../workload/exchange.js';
import { outcomeOf } from './timeline.js';

export interface Recovery {
  readonly number: number;
  readonly words: string;
  /** Until it answered again, from when it began to be lifted: a process has to start. */
  readonly liftMs: number | null;
  /** Until requests went through as in the calm, from when it began to be lifted; null: not within the run. */
  readonly recoveredMs: number | null;
  /** Another fault stood meanwhile. */
  readonly amid: boolean;
}

/** So many requests one after another, each answered so soon, are a service that works. */
const IN_A_ROW = 10;
const SOON_MS = 1_500;

/** How long it took after each fault until requests went through again. */
export function recoveriesOf(
  strikes: readonly RunningStrike[],
  exchanges: readonly RecordedExchange[],
  /** Unix ms, from which strikes count. */
  beganAt: number,
): Recovery[] {
  const telling = exchanges
    .filter((told) => askedFor(told) !== undefined && !told.hungUp && !told.story.startsWith('aimed'))
    .map((told) => ({ ...told, sentMs: told.sentMs - beganAt, endedMs: told.endedMs - beganAt }))
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
