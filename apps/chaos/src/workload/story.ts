import type { Dice } from '../schedule/dice.js';
import { saidIn, type Merchant, type Order } from './merchant.js';
import type { Exchange } from './history.js';

/** One client at its work. */
export interface Client {
  readonly merchant: Merchant;
  /** Of another account: it must see nothing of this one. */
  readonly stranger: Merchant;
  readonly dice: Dice;
  /** Answers that lasted, to be asked for again later. */
  readonly remembered: Remembered[];
  /** Which instance it asks first. */
  readonly at: number;
}

export interface Remembered {
  readonly order: Order;
  readonly told: Exchange;
}

/** What a client may be up to: an order of charges, captures, cancellations and refunds, each under its own key. */
export type Story = (client: Client) => Promise<void>;

const REMEMBERED_MAX = 200;

/** Visa and mastercard have two banks each; cedar and dogwood, which forgive nothing, are asked more than their share. */
export const cards = ['tok_visa', 'tok_mastercard', 'tok_amex', 'tok_amex', 'tok_discover', 'tok_discover'] as const;

export function chargeOrder(
  { merchant, dice }: Client,
  story: string,
  options: { source?: string; amount?: number; capture?: boolean } = {},
): Order {
  const { source = dice.pick(cards), amount = dice.between(100, 6_000), capture } = options;
  return {
    story,
    asked: 'charge',
    path: '/v1/charges',
    key: merchant.newKey(),
    form: {
      amount: String(amount),
      currency: 'usd',
      source,
      ...(capture !== undefined && { capture: String(capture) }),
    },
  };
}

export function captureOrder({ merchant }: Client, story: string, chargeId: string, amount?: number): Order {
  return {
    story,
    asked: 'capture',
    path: `/v1/charges/${chargeId}/capture`,
    key: merchant.newKey(),
    form: amount === undefined ? {} : { amount: String(amount) },
    chargeId,
  };
}

/** Of a charge that was not captured: its cancellation. */
export function refundOrder({ merchant }: Client, story: string, chargeId: string, amount?: number): Order {
  return {
    story,
    asked: 'refund',
    path: '/v1/refunds',
    key: merchant.newKey(),
    form: { charge: chargeId, ...(amount !== undefined && { amount: String(amount) }) },
    chargeId,
  };
}

/** Asks until it is told something, and remembers it. */
export async function tell(client: Client, order: Order): Promise<Exchange> {
  const told = await client.merchant.askUntilAnswered(order, { at: client.at });
  if (told.status === 200 || told.status === 402) {
    client.remembered.push({ order, told });
    if (client.remembered.length > REMEMBERED_MAX) client.remembered.shift();
  }
  return told;
}

/** @returns the charge's id once it succeeded: authorized, or captured too */
export function succeeded(told: Exchange): string | undefined {
  return told.status === 200 && saidIn(told).status === 'succeeded' ? told.chargeId : undefined;
}
