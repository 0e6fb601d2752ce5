import { answerBody } from '#checker';
import { currencyCodes, minimumCharge, type Currency } from '#money';
import { SeededChoices } from '../seeded-choices.js';
import type { RecordedExchange } from './exchange.js';
import type { Merchant, MerchantRequest } from './merchant.js';

/** One client at its work. */
export interface ScriptClient {
  readonly merchant: Merchant;
  /** Of another account: it must see nothing of this one. */
  readonly stranger: Merchant;
  /** For everything that this story draws. */
  readonly dice: SeededChoices;
  /** Answers that lasted, to be asked for again later. */
  readonly remembered: RememberedRequest[];
  /** Which instance it asks first. */
  readonly at: number;
  /** Accounts that a story has to itself for a while. */
  readonly apart: AccountsApart;
}

/** Stories on them change the account as a whole: its time, or what it can give back. */
export interface AccountsApart {
  readonly clocked: SharedMerchants;
  readonly overdrawn: SharedMerchants;
}

export interface SharedMerchants {
  /** Does nothing while another client has them all. */
  borrow(use: (merchant: Merchant) => Promise<void>): Promise<void>;
}

export interface RememberedRequest {
  readonly order: MerchantRequest;
  readonly told: RecordedExchange;
}

/** What a client may be up to: an order of charges, captures, cancellations, refunds and reads. */
export type ClientScript = (client: ScriptClient) => Promise<void>;

const REMEMBERED_MAX = 200;
/** How often what was answered is read at once at the other instance. */
const READ_YOUR_WRITES = 0.2;
/** How often a charge, a refund or a capture carries words of its merchant's. */
const WITH_DETAILS = 0.3;

/** Visa and mastercard have two banks each; cedar and dogwood, which forgive nothing, are asked more than their share. */
export const cards = ['tok_visa', 'tok_mastercard', 'tok_amex', 'tok_amex', 'tok_discover', 'tok_discover'] as const;

export interface Amount {
  readonly amount: number;
  readonly currency: Currency;
}

/** Mostly a few dollars, now and then much, or in any currency that there is. */
export function drawAmount(dice: SeededChoices): Amount {
  const currency = dice.chance(0.6) ? 'usd' : dice.pick(currencyCodes);
  const least = Math.max(100, minimumCharge(currency).amountMinor);
  const amount = dice.chance(0.2) ? least + dice.between(10_000, 3_000_000) : least + dice.between(0, 6_000);
  return { amount, currency };
}

/** What a merchant writes on an object: text that forms have to spell out among it. */
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

/** Of a charge that was not captured: its cancellation. */
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

/** A change of what a merchant has written, or anything else that is asked for under a key. */
export function order(
  { merchant }: Pick<ScriptClient, 'merchant'>,
  story: string,
  path: string,
  parameters: MerchantRequest['parameters'] = {},
): MerchantRequest {
  return { story, method: 'POST', path, key: merchant.newKey(), parameters };
}

/** Asks until it is told something, remembers it, and now and then reads at the other instance what it was told of. */
export async function tell(client: ScriptClient, order: MerchantRequest): Promise<RecordedExchange> {
  const { merchant, dice, at, remembered } = client;
  const [jitter, looks] = [new SeededChoices(dice.seed()), dice.chance(READ_YOUR_WRITES)];
  const told = await merchant.askUntilAnswered(order, jitter, { at });
  const status = told.answer?.status;
  if (status === 200 || status === 402) {
    remembered.push({ order, told });
    if (remembered.length > REMEMBERED_MAX) remembered.shift();
  }
  const path = status === 200 ? pathOf(told) : undefined;
  if (looks && path !== undefined) await merchant.read(path, { at: at + 1, story: 'read your writes' });
  return told;
}

/** Reads until it is told something: the instance that is asked first may be away. */
export async function look(
  { merchant, dice, at }: Pick<ScriptClient, 'merchant' | 'dice' | 'at'>,
  story: string,
  path: string,
  parameters: MerchantRequest['parameters'] = {},
): Promise<RecordedExchange> {
  return merchant.askUntilAnswered({ story, method: 'GET', path, parameters }, new SeededChoices(dice.seed()), { at });
}

/** Where what an answer shows can be read again. */
function pathOf(told: RecordedExchange): string | undefined {
  const { id, object } = answerBody(told);
  if (object === 'charge') return `/v1/charges/${id}`;
  return object === 'refund' ? `/v1/refunds/${id}` : undefined;
}

/** @returns the charge's id once it succeeded: authorized, or captured too */
export function succeeded(told: RecordedExchange): string | undefined {
  const { id, object, status } = answerBody(told);
  return told.answer?.status === 200 && object === 'charge' && status === 'succeeded' ? id : undefined;
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

/** A client that goes to the other instance first: of two requests at once, each takes a way of its own. */
export const elsewhere = (client: ScriptClient, place: number): ScriptClient => ({
  ...client,
  at: client.at + place,
  dice: new SeededChoices(client.dice.seed()),
});
