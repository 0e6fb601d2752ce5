import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import type { ToldAnswer } from '#checker';
import { cards, LoadClient, outcomeOf } from './load-client.js';

const ACCOUNTS = 16;
/** More requests than this are in progress only if the door neither answers nor refuses. */
const CONNECTIONS = 2_000;
const TICK_MS = 5;

export interface TimedAnswer {
  /** The charge's state or the answer's status; `no answer` is a connection that was reset. */
  readonly outcome: string;
  /** When the request was due. */
  readonly dueMs: number;
  /** From then, so that a load generator that is late hides no waiting. */
  readonly tookMs: number;
}

/** Sends charges at a fixed rate, however many are unanswered. */
export async function openLoop(
  apiUrls: readonly string[],
  { perSecond, forMs }: { perSecond: number; forMs: number },
  onAnswer: (told: ToldAnswer) => void = () => {},
): Promise<TimedAnswer[]> {
  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1, headersTimeout: 30_000 });
  const clients = Array.from(
    { length: ACCOUNTS },
    (_, n) => new LoadClient(agent, apiUrls[n % apiUrls.length]!, `sk_test_bench${n}`),
  );
  const send = async (n: number, dueMs: number): Promise<TimedAnswer> => {
    const source = cards[Math.floor(n / ACCOUNTS) % cards.length]!;
    const told = await clients[n % ACCOUNTS]!.post('charge', '/v1/charges', {
      amount: '2000',
      currency: 'usd',
      source,
    });
    onAnswer(told);
    return { outcome: outcomeOf(told), dueMs, tookMs: performance.now() - dueMs };
  };
  const answers: Promise<TimedAnswer>[] = [];
  const startedMs = performance.now();
  try {
    for (const all = Math.round((perSecond * forMs) / 1_000); answers.length < all; await sleep(TICK_MS)) {
      const due = Math.min(all, ((performance.now() - startedMs) / 1_000) * perSecond);
      while (answers.length < due) answers.push(send(answers.length, startedMs + (answers.length / perSecond) * 1_000));
    }
    return await Promise.all(answers);
  } finally {
    await agent.close();
  }
}
