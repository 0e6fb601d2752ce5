import { answerBody } from '#checker';
import { currencyCodes, minimumCharge, type Currency } from '#money';
import { SeededChoices } from '../seeded-choices.js';
import type { RecordedExchange } from './exchange.js';
import type { Merchant, MerchantRequest } from './merchant.js';

/** One client of the workload. */
export interface ScriptClient {
  readonly merchant: Merchant;
  /** A merchant of another account, which must not see this one's objects. */
  readonly stranger: Merchant;
  /** Random choices of this story. */
  readonly dice: SeededChoices;
  /** Requests with a final answer, to be repeated later. */
  readonly remembered: RememberedRequest[];
  /** Number of the instance to which it sends first. */
  readonly at: number;
  /** Accounts that a story may borrow for exclusive use. */
  readonly apart: AccountsApart;
}

/** Accounts for stories that change the whole account: its time, or its balance. */
export interface AccountsApart {
  readonly clocked: SharedMerchants;
  readonly overdrawn: SharedMerchants;
}

export interface SharedMerchants {
  /** Does nothing if other clients have borrowed all of them. */
  borrow(use: (merchant: Merchant) => Promise<void>): Promise<void>;
}

export interface RememberedRequest {
  readonly order: MerchantRequest;
  readonly exchange: RecordedExchange;
}

/** A story: a sequence of charges, captures, cancellations, refunds and reads. */
export type ClientScript = (client: ScriptClient) => Promise<void>;

const REMEMBERED_MAX = 200;
/** Probability that an answered object is read at once from the other instance (read-your-writes). */
const READ_YOUR_WRITES = 0.2;
/** Probability that a request carries a description and metadata. */
const WITH_DETAILS = 0.3;

/** Visa and mastercard have two banks each. Amex and discover are drawn more often: their banks are not idempotent. */
export const cards = ['tok_visa', 'tok_mastercard', 'tok_amex', 'tok_amex', 'tok_discover', 'tok_discover'] as const;

export interface Amount {
  readonly amount: number;
  readonly currency: Currency;
}

/** Mostly small amounts in dollars, sometimes large ones, or in any other currency. */
export function drawAmount(dice: SeededChoices): Amount {
  const currency = dice.chance(0.6) ? 'usd' : dice.pick(currencyCodes);
  const least = Math.max(100, minimumCharge(currency).amountMinor);
  const amount = dice.chance(0.2) ? least + dice.between(10_000, 3_000_000) : least + dice.between(0, 6_000);
  return { amount, currency };
}

/** Description and metadata, with text that a form must escape. */
export function drawDetails(dice: SeededChoices): Record<string, string> {
  return {
    'metadata[order]': String(dice.between(1, 100_000)),
    'metadata[note to self]': dice.pick(['50% off & more', 'Größe=XL', '🦊', ' spaces ', '[brackets]']),
  };
}

export const transferGroupOf = (dice: SeededChoices): string => `group-${dice.between(1, 6)}`;

export function chargeOrder(
  { merchant, dice }: Pick<ScriptClient, 'merchant' | 'dice'>,
  story: string,
  options: Partial<Amount> & { readonly source?: string; readonly capture?: boolean } = {},
): MerchantRequest {
  const drawn = drawAmount(dice);
  const { source = dice.pick(cards), currency = options.amount === undefined ? drawn.currency : 'usd' } = options;
  const { amount = drawn.amount, capture } = options;
  const details = dice.chance(WITH_DETAILS)
    ? { ...drawDetails(dice), description: `of ${story}`, transfer_group: transferGroupOf(dice) }
    : {};
  return {
    story,
    method: 'POST',
    path: '/v1/charges',
    key: merchant.newKey(),
    parameters: {
      amount: String(amount),
      currency,
      source,
      ...(capture !== undefined && { capture: String(capture) }),
      ...details,
    },
  };
}

export function captureOrder(
  { merchant }: Pick<ScriptClient, 'merchant'>,
  story: string,
  chargeId: string,
  amount?: number,
): MerchantRequest {
  return {
    story,
    method: 'POST',
    path: `/v1/charges/${chargeId}/capture`,
    key: merchant.newKey(),
    parameters: amount === undefined ? {} : { amount: String(amount) },
  };
}

/** A refund request; for a charge that is not captured, a cancellation. */
export function refundOrder(
  { merchant, dice }: Pick<ScriptClient, 'merchant' | 'dice'>,
  story: string,
  chargeId: string,
  amount?: number,
): MerchantRequest {
  const details = dice.chance(WITH_DETAILS)
    ? { ...drawDetails(dice), reason: dice.pick(['duplicate', 'fraudulent', 'requested_by_customer']) }
    : {};
  return {
    story,
    method: 'POST',
    path: '/v1/refunds',
    key: merchant.newKey(),
    parameters: { charge: chargeId, ...(amount !== undefined && { amount: String(amount) }), ...details },
  };
}

/** A POST under a new idempotency key. */
export function order(
  { merchant }: Pick<ScriptClient, 'merchant'>,
  story: string,
  path: string,
  parameters: MerchantRequest['parameters'] = {},
): MerchantRequest {
  return { story, method: 'POST', path, key: merchant.newKey(), parameters };
}

/** Sends a request until it has a final answer, remembers it, and sometimes reads the object from the other instance. */
export async function tell(client: ScriptClient, order: MerchantRequest): Promise<RecordedExchange> {
  const { merchant, dice, at, remembered } = client;
  const [jitter, looks] = [new SeededChoices(dice.seed()), dice.chance(READ_YOUR_WRITES)];
  const exchange = await merchant.askUntilAnswered(order, jitter, { at });
  const status = exchange.answer?.status;
  if (status === 200 || status === 402) {
    remembered.push({ order, exchange });
    if (remembered.length > REMEMBERED_MAX) remembered.shift();
  }
  const path = status === 200 ? pathOf(exchange) : undefined;
  if (looks && path !== undefined) await merchant.read(path, { at: at + 1, story: 'read your writes' });
  return exchange;
}

/** Reads until it has a final answer, since the first instance may be down. */
export async function look(
  { merchant, dice, at }: Pick<ScriptClient, 'merchant' | 'dice' | 'at'>,
  story: string,
  path: string,
  parameters: MerchantRequest['parameters'] = {},
): Promise<RecordedExchange> {
  return merchant.askUntilAnswered({ story, method: 'GET', path, parameters }, new SeededChoices(dice.seed()), { at });
}

/** Path of the answered object. */
function pathOf(exchange: RecordedExchange): string | undefined {
  const { id, object } = answerBody(exchange);
  if (object === 'charge') return `/v1/charges/${id}`;
  return object === 'refund' ? `/v1/refunds/${id}` : undefined;
}

/** @returns the charge's id if it succeeded, whether only authorized or captured too */
export function succeeded(exchange: RecordedExchange): string | undefined {
  const { id, object, status } = answerBody(exchange);
  return exchange.answer?.status === 200 && object === 'charge' && status === 'succeeded' ? id : undefined;
}

export async function charge(
  client: ScriptClient,
  story: string,
  options?: Parameters<typeof chargeOrder>[2],
): Promise<string | undefined> {
  return succeeded(await tell(client, chargeOrder(client, story, options)));
}

export async function authorize(
  client: ScriptClient,
  story: string,
  options?: Parameters<typeof chargeOrder>[2],
): Promise<string | undefined> {
  return charge(client, story, { ...options, capture: false });
}

/** The client, sending to another instance first: concurrent requests go to different instances. */
export const elsewhere = (client: ScriptClient, place: number): ScriptClient => ({
  ...client,
  at: client.at + place,
  dice: new SeededChoices(client.dice.seed()),
});
