import type { ApiExchange } from '../history.js';
import { bodyOf, type BalanceTransactionObject, type ChargeObject, type RefundObject } from './api-objects.js';

export type SeenObject = ChargeObject | RefundObject | BalanceTransactionObject;

/** An object as one answer shows it, by itself, in a list, or inside another object. */
export interface Sighting<Seen extends SeenObject = SeenObject> {
  readonly object: Seen;
  readonly exchange: ApiExchange;
  /** Place of the exchange in the history, for people. */
  readonly number: number;
  /**
   * The answer was made after its request was sent. The answer to a write may be older: it is stored under a key, and
   * given again.
   */
  readonly isFresh: boolean;
}

/** All objects that answers show, in the order in which the requests were sent. */
export function sightingsIn(exchanges: readonly ApiExchange[]): Sighting[] {
  const found: Sighting[] = [];
  for (const [number, exchange] of exchanges.entries()) {
    if (exchange.answer?.status !== 200) continue;
    const isFresh = exchange.method === 'GET';
    for (const object of objectsIn(bodyOf(exchange.answer).object)) found.push({ object, exchange, number, isFresh });
  }
  return found;
}

/** Where the API nests one object in another; an id stands there when nobody asked to expand it. */
function* objectsIn(value: unknown): Generator<SeenObject> {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Readonly<Record<string, unknown>>;
  switch (fields['object']) {
    case 'list':
      if (Array.isArray(fields['data'])) for (const item of fields['data']) yield* objectsIn(item);
      return;
    case 'charge':
      yield fields as unknown as ChargeObject;
      yield* objectsIn(fields['balance_transaction']);
      yield* objectsIn(fields['refunds']);
      return;
    case 'refund':
      yield fields as unknown as RefundObject;
      yield* objectsIn(fields['balance_transaction']);
      yield* objectsIn(fields['charge']);
      return;
    case 'balance_transaction':
      yield fields as unknown as BalanceTransactionObject;
      yield* objectsIn(fields['source']);
  }
}

export const idOf = (value: string | null | { readonly id: string }): string | null =>
  typeof value === 'object' ? (value?.id ?? null) : value;

export const isPosted = (object: ChargeObject | RefundObject): boolean =>
  object.object === 'charge' ? object.captured : object.status === 'succeeded' && object.balance_transaction !== null;

/** Names a sighting in a violation. */
export const where = ({ number, exchange }: Pick<Sighting, 'number' | 'exchange'>): string =>
  `exchange ${number} (${exchange.account} ${exchange.method} ${exchange.path})`;
