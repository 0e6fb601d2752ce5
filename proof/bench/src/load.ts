import { Agent } from 'undici';
import type { ToldAnswer } from '#checker';
import { cards as cardsOfEveryBank, LoadClient, outcomeOf } from './load-client.js';

/** Request sequences of a loop: an automatic capture; an authorization and its capture; a charge and its refund. */
export const mixes = ['charge', 'manual-capture', 'refund'] as const;
export type LoadMix = (typeof mixes)[number];

export interface LoadOptions {
  /** URLs of the instances. Each loop uses one of them. */
  readonly apiUrls: readonly string[];
  readonly mix?: LoadMix;
  /** Default: cards of every bank. */
  readonly cards?: readonly string[];
  /** Number of closed loops: each sends its next request after the answer to the last. */
  readonly concurrency: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Ends after this many charges instead of after a time. */
  readonly charges?: number;
}

export interface LoadResult {
  readonly mix: LoadMix;
  readonly concurrency: number;
  /** Completed sequences per second. */
  readonly completedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly completed: number;
  /** Sequences that ended unexpectedly: count by status of the last answer. */
  readonly others: Readonly<Record<string, number>>;
  readonly history: readonly ToldAnswer[];
}

/** Runs a load by raw HTTP, so that no client library's overhead or retries are measured. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ connections: options.concurrency, pipelining: 1 });
  const history: ToldAnswer[] = [];
  const { mix = 'charge', cards = cardsOfEveryBank } = options;
  const latenciesMs: number[] = [];
  const others: Record<string, number> = {};
  const startedMs = performance.now();
  const measureFromMs = startedMs + options.warmUpMs;
  const untilMs = measureFromMs + options.measureMs;
  let sent = 0;

  const loop = async (worker: number): Promise<void> => {
    const apiUrl = options.apiUrls[worker % options.apiUrls.length]!;
    const client = new LoadClient(agent, apiUrl, `sk_test_bench${worker % 16}`);
    for (let n = 0; performance.now() < untilMs && sent < (options.charges ?? Infinity); n++) {
      sent++;
      const sentMs = performance.now();
      const told = await takeThrough(mix, client, cards[(worker + n) % cards.length]!);
      const endedMs = performance.now();
      history.push(...told);
      const status = outcomeOf(told.at(-1)!);
      if (endedMs < measureFromMs || endedMs >= untilMs) continue;
      if (status === 'succeeded') latenciesMs.push(endedMs - sentMs);
      else others[status] = (others[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, (_, worker) => loop(worker)));
  const measuredMs = Math.min(performance.now(), untilMs) - measureFromMs;
  await agent.close();

  return {
    mix,
    concurrency: options.concurrency,
    completedPerSecond: (latenciesMs.length / measuredMs) * 1_000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    completed: latenciesMs.length,
    others,
    history,
  };
}

/** The value below which this share of the values lies; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Runs one sequence. @returns its answers, up to the first that is no success */
async function takeThrough(mix: LoadMix, client: LoadClient, source: string): Promise<ToldAnswer[]> {
  const charge = await client.post('charge', '/v1/charges', {
    amount: '2000',
    currency: 'usd',
    source,
    ...(mix === 'manual-capture' && { capture: 'false' }),
  });
  const { chargeId } = charge;
  if (mix === 'charge' || chargeId === undefined || outcomeOf(charge) !== 'succeeded') return [charge];
  const next =
    mix === 'manual-capture'
      ? await client.post('capture', `/v1/charges/${chargeId}/capture`, {}, chargeId)
      : await client.post('refund', '/v1/refunds', { charge: chargeId }, chargeId);
  return [charge, next];
}
