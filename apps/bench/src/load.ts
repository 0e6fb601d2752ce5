import { randomUUID } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import type { Told } from '#checker';

/** Cards of every bank, in the shares of an ordinary shop: most are visa and mastercard. */
const cards = ['tok_visa', 'tok_visa', 'tok_mastercard', 'tok_mastercard', 'tok_amex', 'tok_discover'];

export interface LoadOptions {
  readonly apiUrl: string;
  /** Closed loops: each sends its next charge when it has the answer to the last. */
  readonly concurrency: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Ends after so many charges instead of after a time. */
  readonly charges?: number;
}

export interface LoadResult {
  readonly concurrency: number;
  readonly completedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly completed: number;
  /** Answers that were not a succeeded charge, by status and charge status. */
  readonly others: Readonly<Record<string, number>>;
  readonly history: readonly Told[];
}

/** Raw HTTP, so that no client library's own work or retries are measured. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ connections: options.concurrency, pipelining: 1 });
  const history: Told[] = [];
  const latenciesMs: number[] = [];
  const others: Record<string, number> = {};
  const startedMs = performance.now();
  const measureFromMs = startedMs + options.warmUpMs;
  const untilMs = measureFromMs + options.measureMs;
  let sent = 0;

  const loop = async (worker: number): Promise<void> => {
    const account = `sk_test_bench${worker % 16}`;
    for (let n = 0; performance.now() < untilMs && sent < (options.charges ?? Infinity); n++) {
      sent++;
      const sentMs = performance.now();
      const told = await charge(agent, options.apiUrl, account, cards[(worker + n) % cards.length]!);
      const endedMs = performance.now();
      history.push(told);
      const status = outcomeOf(told);
      if (endedMs < measureFromMs || endedMs >= untilMs) continue;
      if (status === 'succeeded') latenciesMs.push(endedMs - sentMs);
      else others[status] = (others[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, (_, worker) => loop(worker)));
  const measuredMs = Math.min(performance.now(), untilMs) - measureFromMs;
  await agent.close();

  latenciesMs.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))] ?? 0;
  return {
    concurrency: options.concurrency,
    completedPerSecond: (latenciesMs.length / measuredMs) * 1_000,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    completed: latenciesMs.length,
    others,
    history,
  };
}

async function charge(dispatcher: Dispatcher, apiUrl: string, key: string, source: string): Promise<Told> {
  const idempotencyKey = randomUUID();
  const request = { asked: 'charge', account: key, key: idempotencyKey } as const;
  try {
    const { statusCode, body } = await dispatcher.request({
      origin: apiUrl,
      path: '/v1/charges',
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': idempotencyKey,
      },
      body: `amount=2000&currency=usd&source=${source}`,
    });
    const text = await body.text();
    const parsed = JSON.parse(text) as { id?: string; error?: { charge?: string } };
    const chargeId = parsed.id ?? parsed.error?.charge;
    return {
      ...request,
      kind: statusCode === 200 ? 'ok' : 'fail',
      status: statusCode,
      body: text,
      ...(chargeId !== undefined && { chargeId }),
    };
  } catch {
    return { ...request, kind: 'info' };
  }
}

function outcomeOf({ status, body }: Told): string {
  if (status === undefined) return 'no answer';
  if (status !== 200) return String(status);
  return (JSON.parse(body!) as { status: string }).status;
}
