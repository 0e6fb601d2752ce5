import type { ApiExchange } from '../history.js';
import { bodyOf, type BalanceTransactionObject, type ChargeObject, type RefundObject } from './api-objects.js';

export type SeenObject = ChargeObject | RefundObject | BalanceTransactionObject;

/** An object in one answer: by itself, in a list, or expanded in another object. */
export interface Sighting<Seen extends SeenObject = SeenObject> {
  readonly object: Seen;
  readonly exchange: ApiExchange;
  /** Position of the exchange in the history, for violations. */
  readonly number: number;
  /** Whether the answer was made after its request was sent. A replay is older. */
  readonly isFresh: boolean;
}

/** All objects in answers, ordered by the sending of the requests. */
export function sightingsIn(exchanges: readonly ApiExchange[]): Sighting[] {
  const found: Sighting[] = [];
  for (const [number, exchange] of exchanges.entries()) {
    if (exchange.answer?.status !== 200) continue;
    const isFresh = exchange.method === 'GET';
    for (const object of objectsIn(bodyOf(exchange.answer).object)) found.push({ object, exchange, number, isFresh });
  }
  return found;
}

/** The objects in a value, nested ones included. An unexpanded field holds only an id. */
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

/** Names the exchange in a violation. */
export const where = ({ number, exchange }: Pick<Sighting, 'number' | 'exchange'>): string =>
  `exchange ${number} (${exchange.account} ${exchange.method} ${exchange.path})`;
