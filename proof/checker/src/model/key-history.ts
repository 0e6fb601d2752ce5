import type { ApiExchange } from '../history.js';
import { bodyOf } from './api-objects.js';
import { fingerprintOf, kindOfAnswer, routeOf, type KeyedOperation } from './operation.js';

/** A key is kept for a day after its answer. The slack allows for clock differences. */
const KEPT_MS = 24 * 60 * 60 * 1_000;
const SLACK_MS = 60_000;

export interface KeyHistory {
  readonly operations: readonly KeyedOperation[];
  /** Answers that violate the rules of idempotency keys. */
  readonly violations: readonly string[];
}

/** Groups requests into operations by key, and checks the rules of idempotency keys. Source: Stripe, "Idempotent requests". */
export function readKeys(exchanges: readonly ApiExchange[]): KeyHistory {
  const posts = exchanges.filter(({ method }) => method === 'POST');
  const keyed = Map.groupBy(
    posts.filter(({ key }) => key !== undefined),
    ({ account, key }) => `${account} ${key}`,
  );
  const operations = posts
    .filter(({ key }) => key === undefined)
    .map((exchange) => operationOf(`${exchange.account} ${exchange.path} at ${exchange.sentMs}`, [exchange]));
  const violations: string[] = [];
  for (const [name, all] of keyed) {
    for (const use of usesOf(all.toSorted((a, b) => a.sentMs - b.sentMs))) {
      const same = [...Map.groupBy(use, fingerprintOf).values()].map((group) => operationOf(name, group));
      // The answered request holds the key, so unanswered ones with other parameters had no effect.
      const owned = same.some(({ answer }) => answer);
      operations.push(...same.map((one) => (owned && !one.answer ? { ...one, mayTakeEffect: false } : one)));
      violations.push(...wrongIn(name, use, same));
    }
  }
  return { operations, violations };
}

function operationOf(name: string, exchanges: readonly ApiExchange[]): KeyedOperation {
  const [first] = exchanges;
  const { account, key, parameters, sentMs } = first!;
  const kept = exchanges.filter((exchange) => kindOfAnswer(exchange) === 'kept');
  const heard = kept.toSorted((a, b) => a.endedMs - b.endedMs)[0];
  return {
    account,
    key,
    name,
    ...routeOf(first!),
    parameters,
    exchanges,
    sentMs,
    answer: heard?.answer,
    answeredMs: heard?.endedMs ?? Infinity,
    mayTakeEffect: exchanges.some((exchange) => kindOfAnswer(exchange) !== 'refused'),
  };
}

/** Splits requests at a key's expiry. Only the answer tells whether the key had been deleted by then. */
function usesOf(exchanges: readonly ApiExchange[]): ApiExchange[][] {
  const uses: ApiExchange[][] = [];
  for (const exchange of exchanges) {
    const use = uses.at(-1);
    if (use && (isRemembered(use, exchange) || repeats(use, exchange))) use.push(exchange);
    else uses.push([exchange]);
  }
  return uses;
}

const isRemembered = ([first]: readonly ApiExchange[], { sentMs }: ApiExchange): boolean =>
  sentMs < first!.sentMs + KEPT_MS - SLACK_MS;

function repeats(use: readonly ApiExchange[], exchange: ApiExchange): boolean {
  const { answer } = exchange;
  if (answer?.replayed) return use.some((earlier) => earlier.answer?.body === answer.body);
  return answer !== undefined && kindOfAnswer(exchange) === 'refused';
}

function wrongIn(name: string, use: readonly ApiExchange[], operations: readonly KeyedOperation[]): string[] {
  const answered = operations.filter(({ answer }) => answer);
  const wrong: string[] = [];
  if (answered.length > 1)
    wrong.push(`${name}: ${answered.length} requests with different parameters were answered under it`);
  for (const { exchanges } of answered) {
    const kept = exchanges.filter((exchange) => kindOfAnswer(exchange) === 'kept');
    const texts = new Set(kept.map(({ answer }) => `${answer!.status} ${answer!.body}`));
    if (texts.size > 1) wrong.push(`${name}: ${texts.size} different answers to the same request`);
    const originals = kept.filter(({ answer }) => !answer!.replayed);
    if (originals.length > 1) wrong.push(`${name}: ${originals.length} requests were answered as the first`);
  }
  for (const exchange of use) {
    const against = reasonAgainst(use, exchange);
    if (against) wrong.push(`${name}: ${against}`);
  }
  return wrong;
}

/** Why an answer contradicts the other requests under its key. */
function reasonAgainst(use: readonly ApiExchange[], exchange: ApiExchange): string | undefined {
  const { answer, sentMs, endedMs } = exchange;
  if (!answer || answer.status === 429 || answer.status >= 500) return undefined;
  const others = use.filter((other) => other !== exchange && other.sentMs < endedMs && mayHaveClaimed(other));
  const before = use.find((other) => other.endedMs <= sentMs && kindOfAnswer(other) === 'kept');
  const isSame = (other: ApiExchange): boolean => fingerprintOf(other) === fingerprintOf(exchange);
  if (answer.status === 409) {
    // An instance may still hold the key for another request, even after the answer is stored.
    const isRunning = others.some((other) => !other.answer || other.endedMs > sentMs);
    if (before && !isRunning) return 'answered that the key is in use after its final answer';
    return others.length > 0 ? undefined : 'answered that the key is in use, but no other request ran under it';
  }
  const { error } = bodyOf(answer);
  if (error?.type === 'idempotency_error')
    return others.some((other) => !isSame(other))
      ? undefined
      : 'answered that the key was used for another request, but it was not';
  if (answer.replayed && !others.some(isSame)) return 'answered with a replay, but there was no earlier request';
  if (before && isSame(before) && kindOfAnswer(exchange) === 'refused')
    return `refused with ${answer.status} ${error?.code ?? error?.message} after it was answered`;
  return undefined;
}

/** Whether the request may have claimed the key. A refusal leaves it free; a 409 means that another request has it. */
const mayHaveClaimed = (exchange: ApiExchange): boolean =>
  exchange.answer?.status === 409 || kindOfAnswer(exchange) !== 'refused';
