import { kindOfRequest, type RecordedExchange } from '../workload/exchange.js';

/** Requests that ended in one second of the run. */
export interface SecondSummary {
  readonly atS: number;
  readonly settled: number;
  readonly pending: number;
  /** A definite refusal: declined, or not possible in the charge's state. */
  readonly refused: number;
  /** Temporary refusals: 409, 429, 5xx. */
  readonly turnedAway: number;
  readonly silent: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export type ExchangeClass = 'settled' | 'pending' | 'refused' | 'turnedAway' | 'silent';

export function outcomeOf({ answer }: RecordedExchange): ExchangeClass {
  if (answer === undefined) return 'silent';
  const { status, body } = answer;
  if (status >= 500 || status === 409 || status === 429) return 'turnedAway';
  if (status !== 200) return 'refused';
  return body.includes('"status": "pending"') ? 'pending' : 'settled';
}

/** Counts requests that move money, per second since `beganAt` (Unix ms). */
export function timelineOf(exchanges: readonly RecordedExchange[], beganAt: number): SecondSummary[] {
  const asked = exchanges.filter((exchange) => kindOfRequest(exchange) !== undefined);
  const bySecond = Map.groupBy(asked, ({ endedMs }) => Math.floor((endedMs - beganAt) / 1_000));
  const last = Math.max(0, ...bySecond.keys());
  return Array.from({ length: last + 1 }, (_, atS) => {
    const ended = bySecond.get(atS) ?? [];
    const count = (outcome: ExchangeClass): number =>
      ended.filter((exchange) => outcomeOf(exchange) === outcome).length;
    const latencies = ended
      .filter(({ answer }) => answer !== undefined)
      .map(({ sentMs, endedMs }) => endedMs - sentMs)
      .sort((a, b) => a - b);
    const quantile = (share: number): number | null =>
      latencies.length === 0 ? null : latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]!;
    return {
      atS,
      settled: count('settled'),
      pending: count('pending'),
      refused: count('refused'),
      turnedAway: count('turnedAway'),
      silent: count('silent'),
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
    };
  });
}
