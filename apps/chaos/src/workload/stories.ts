import { brandsWithFaults, faultTokens } from './fault-tokens.js';
import { hostileRequests } from './hostile-requests.js';
import { malformedRequests } from './malformed-requests.js';
import { captureOrder, chargeOrder, refundOrder, succeeded, tell, type Client, type Story } from './story.js';

/** Every way in which a client goes about it. The name of each is the `story` of its exchanges. */
export const stories = {
  charge: async (client) => {
    await tell(client, chargeOrder(client, 'charge'));
  },

  declined: async (client) => {
    const source = client.dice.pick(['tok_chargeDeclined', 'tok_chargeDeclinedInsufficientFunds']);
    await tell(client, chargeOrder(client, 'declined', { source }));
  },

  'capture all': async (client) => {
    const chargeId = await authorize(client, 'capture all');
    if (chargeId) await tell(client, captureOrder(client, 'capture all', chargeId));
  },

  'capture a part': async (client) => {
    const chargeId = await authorize(client, 'capture a part', 2_000);
    if (chargeId) await tell(client, captureOrder(client, 'capture a part', chargeId, client.dice.between(1, 1_999)));
  },

  /** It rests there: nobody has to do anything about it. */
  'authorize only': async (client) => {
    await authorize(client, 'authorize only');
  },

  cancel: async (client) => {
    const chargeId = await authorize(client, 'cancel');
    if (chargeId) await tell(client, refundOrder(client, 'cancel', chargeId));
  },

  'capture races cancel': async (client) => {
    const story = 'capture races cancel';
    const chargeId = await authorize(client, story);
    if (!chargeId) return;
    const both = [captureOrder(client, story, chargeId), refundOrder(client, story, chargeId)];
    await Promise.all(
      client.dice.shuffled(both).map((order, place) => tell({ ...client, at: client.at + place }, order)),
    );
  },

  refund: async (client) => {
    const chargeId = await charge(client, 'refund');
    if (chargeId) await tell(client, refundOrder(client, 'refund', chargeId));
  },

  /** Three parts at once that come to more than there is: not all of them can be had. */
  'refund in parts': async (client) => {
    const chargeId = await charge(client, 'refund in parts', 3_000);
    if (!chargeId) return;
    const parts = [1_000, 1_500, 1_200].map((amount) => refundOrder(client, 'refund in parts', chargeId, amount));
    await Promise.all(parts.map((order, place) => tell({ ...client, at: client.at + place }, order)));
  },

  /** Hangs up after it has sent everything, and asks again under the same key, at once and at the other instance. */
  'answer lost': async (client) => {
    const order = chargeOrder(client, 'answer lost');
    await client.merchant.ask(order, { at: client.at, hangUpAfterMs: client.dice.between(5, 400) });
    await tell({ ...client, at: client.at + 1 }, order);
  },

  'refund answer lost': async (client) => {
    const chargeId = await charge(client, 'refund answer lost');
    if (!chargeId) return;
    const order = refundOrder(client, 'refund answer lost', chargeId);
    await client.merchant.ask(order, { at: client.at, hangUpAfterMs: client.dice.between(5, 400) });
    await tell({ ...client, at: client.at + 1 }, order);
  },

  /** Does not wait for the first answer: the same at both instances, one right behind the other. */
  'asked twice at once': async (client) => {
    const order = chargeOrder(client, 'asked twice at once');
    const first = client.merchant.ask(order, { at: client.at });
    await Promise.all([first, tell({ ...client, at: client.at + 1 }, order)]);
  },

  /** One key from fifty connections, to both instances. */
  'same key at once': async (client) => {
    const order = chargeOrder(client, 'same key at once');
    await Promise.all(Array.from({ length: 50 }, (_, place) => client.merchant.ask(order, { at: place })));
    await tell(client, order);
  },

  /** What was answered is answered again, to the byte. */
  'asked again later': async (client) => {
    if (client.remembered.length === 0) return;
    const { order } = client.dice.pick(client.remembered);
    await client.merchant.askUntilAnswered({ ...order, story: 'asked again later' }, { at: client.at });
  },

  'aimed fault': async (client) => {
    const source = `${client.dice.pick(faultTokens)}_on_${client.dice.pick(brandsWithFaults)}`;
    await tell(client, chargeOrder(client, 'aimed fault', { source }));
  },

  'aimed fault of a refund': async (client) => {
    const fault = client.dice.pick(['dropAfter', 'late', 'refuse', 'duplicate', 'notProcessed']);
    const source = `tok_fault_refund_${fault}_on_${client.dice.pick(brandsWithFaults)}`;
    const chargeId = succeeded(await tell(client, chargeOrder(client, 'aimed fault of a refund', { source })));
    if (chargeId) await tell(client, refundOrder(client, 'aimed fault of a refund', chargeId));
  },

  'looks at another’s charge': async (client) => {
    const chargeId = await charge(client, 'looks at another’s charge');
    if (!chargeId) return;
    const options = { at: client.at, story: 'looks at another’s charge', chargeId };
    await client.stranger.read(`/v1/charges/${chargeId}`, options);
  },

  /** What a key was used for is all that it is good for. */
  'key used for something else': async (client) => {
    const order = chargeOrder(client, 'key used for something else', { amount: 900 });
    const told = await tell(client, order);
    if (told.status !== 200) return;
    const { path, form, key } = order;
    const body = new URLSearchParams({ ...form, amount: '9000' }).toString();
    await client.merchant.hostile({ method: 'POST', path, body, headers: { 'idempotency-key': key } });
  },

  'hostile input': async (client) => {
    await client.merchant.hostile(client.dice.pick(hostileRequests));
  },

  'malformed input': async (client) => {
    await client.merchant.malformed(client.dice.pick(malformedRequests), { at: client.at });
  },
} as const satisfies Record<string, Story>;

export type StoryName = keyof typeof stories;

/** How often each, in the random mix. */
export const everything: Readonly<Record<StoryName, number>> = {
  charge: 8,
  declined: 1,
  'capture all': 4,
  'capture a part': 3,
  'authorize only': 1,
  cancel: 3,
  'capture races cancel': 4,
  refund: 3,
  'refund in parts': 2,
  'answer lost': 4,
  'refund answer lost': 1,
  'asked twice at once': 2,
  'same key at once': 0.5,
  'asked again later': 3,
  'aimed fault': 5,
  'aimed fault of a refund': 1.5,
  'looks at another’s charge': 1,
  'key used for something else': 0.7,
  'hostile input': 1,
  'malformed input': 0.7,
};

async function charge(client: Client, story: string, amount?: number): Promise<string | undefined> {
  return succeeded(await tell(client, chargeOrder(client, story, amount === undefined ? {} : { amount })));
}

async function authorize(client: Client, story: string, amount?: number): Promise<string | undefined> {
  const options = { capture: false, ...(amount !== undefined && { amount }) };
  return succeeded(await tell(client, chargeOrder(client, story, options)));
}
