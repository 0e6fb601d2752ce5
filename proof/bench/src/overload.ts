import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import type { ToldAnswer } from '#checker';
import { cards, LoadClient, outcomeOf } from './load-client.js';

const ACCOUNTS = 16;
/** More requests than this are in progress only if the door neither answers nor refuses. */
const CONNECTIONS = 2_000;
const TICK_MS = 5;

export interface OverloadResult {
  readonly offeredPerSecond: number;
  /** Charges answered `succeeded`. */
  readonly settledPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that are no success, by status; `no answer` is a connection that was reset. */
  readonly others: Readonly<Record<string, number>>;
  /** From the end of the overload to the last refusal of half the peak. */
  readonly recoveredAfterMs: number;
  readonly history: readonly ToldAnswer[];
}

interface TimedAnswer {
  readonly outcome: string;
  readonly sentMs: number;
  readonly tookMs: number;
}

/** An open loop: requests are sent at a fixed rate, however many are unanswered. Afterwards half the peak, for ten seconds. */
export async function overload(
  apiUrls: readonly string[],
  { peakPerSecond, times, forMs }: { peakPerSecond: number; times: number; forMs: number },
): Promise<OverloadResult> {
  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1, headersTimeout: 30_000 });
  const history: ToldAnswer[] = [];
  try {
    const answers = await openLoop(agent, apiUrls, peakPerSecond * times, forMs, history);
    const endedMs = performance.now();
    const after = await openLoop(agent, apiUrls, peakPerSecond / 2, 10_000, history);
    const tookMs = answers
      .filter(({ outcome }) => outcome === 'succeeded')
      .map((answer) => answer.tookMs)
      .sort((a, b) => a - b);
    const quantile = (share: number): number => tookMs[Math.floor(tookMs.length * share)] ?? 0;
    const failed = Map.groupBy(
      answers.filter(({ outcome }) => outcome !== 'succeeded'),
      ({ outcome }) => outcome,
    );
    const refused = after.filter(({ outcome }) => outcome !== 'succeeded').map(({ sentMs }) => sentMs - endedMs);
    return {
      offeredPerSecond: peakPerSecond * times,
      settledPerSecond: tookMs.length / (forMs / 1_000),
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      others: Object.fromEntries([...failed].map(([outcome, those]) => [outcome, those.length])),
      recoveredAfterMs: Math.max(0, ...refused),
      history,
    };
  } finally {
    await agent.close();
  }
}

async function openLoop(
  agent: Agent,
  apiUrls: readonly string[],
  perSecond: number,
  forMs: number,
  history: ToldAnswer[],
): Promise<TimedAnswer[]> {
  const clients = Array.from(
    { length: ACCOUNTS },
    (_, n) => new LoadClient(agent, apiUrls[n % apiUrls.length]!, `sk_test_bench${n}`),
  );
  const answers: Promise<TimedAnswer>[] = [];
  const send = async (n: number): Promise<TimedAnswer> => {
    const sentMs = performance.now();
    const source = cards[Math.floor(n / ACCOUNTS) % cards.length]!;
    const form = { amount: '2000', currency: 'usd', source };
    const told = await clients[n % ACCOUNTS]!.post('charge', '/v1/charges', form);
    // Refused requests began nothing, and there may be many.
    if (told.status !== 429) history.push(told);
    return { outcome: outcomeOf(told), sentMs, tookMs: performance.now() - sentMs };
  };
  const startedMs = performance.now();
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs = performance.now() - startedMs) {
    while (answers.length < (elapsedMs / 1_000) * perSecond) answers.push(send(answers.length));
    await sleep(TICK_MS);
  }
  return Promise.all(answers);
}
