import type { ApiExchange } from '../history.js';
import { goodCardOf } from './good-card.js';
import { isCreate } from './evidence-index.js';

/** Requested charges with good cards and without fault tokens, counted by key, and how many succeeded. */
export interface Successes {
  readonly asked: number;
  readonly succeeded: number;
}

export function successesIn(exchanges: readonly ApiExchange[]): Successes {
  const asked = new Map<string, boolean>();
  for (const exchange of exchanges) {
    const card = isCreate(exchange) ? goodCardOf(exchange.parameters) : undefined;
    if (!card || card.hasToken || exchange.key === undefined) continue;
    const name = `${exchange.account} ${exchange.key}`;
    const { answer } = exchange;
    const hasSucceeded = answer?.status === 200 && /"status": ?"succeeded"/.test(answer.body);
    asked.set(name, asked.get(name) === true || hasSucceeded);
  }
  return { asked: asked.size, succeeded: [...asked.values()].filter(Boolean).length };
}
