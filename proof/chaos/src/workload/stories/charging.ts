import {
  authorize,
  captureOrder,
  chargeOrder,
  charge,
  drawAmount,
  elsewhere,
  refundOrder,
  tell,
  type ClientScript,
} from '../client-script.js';

/** Charges, captures and cancellations. */
export const charging = {
  charge: async (client) => {
    await charge(client, 'charge');
  },

  declined: async (client) => {
    const source = client.dice.pick(declining);
    await tell(client, chargeOrder(client, 'declined', { source }));
  },

  'capture all': async (client) => {
    const chargeId = await authorize(client, 'capture all');
    if (chargeId) await tell(client, captureOrder(client, 'capture all', chargeId));
  },

  'capture a part': async (client) => {
    const whole = drawAmount(client.dice);
    const chargeId = await authorize(client, 'capture a part', whole);
    const part = client.dice.between(1, whole.amount - 1);
    if (chargeId) await tell(client, captureOrder(client, 'capture a part', chargeId, part));
  },

  /** The second capture must be refused, whatever its amount, concurrent with the first or after it. */
  'capture twice': async (client) => {
    const whole = drawAmount(client.dice);
    const chargeId = await authorize(client, 'capture twice', whole);
    if (!chargeId) return;
    const [first, second] = [client.dice.between(1, whole.amount), client.dice.between(1, whole.amount)];
    const once = captureOrder(client, 'capture twice', chargeId, first);
    const again = captureOrder(client, 'capture twice', chargeId, second);
    if (client.dice.chance(0.5)) {
      await Promise.all([tell(client, once), tell(elsewhere(client, 1), again)]);
    } else {
      await tell(client, once);
      await tell(client, again);
    }
  },

  'capture too much': async (client) => {
    const whole = drawAmount(client.dice);
    const chargeId = await authorize(client, 'capture too much', whole);
    if (!chargeId) return;
    await tell(client, captureOrder(client, 'capture too much', chargeId, whole.amount + client.dice.between(1, 500)));
    await tell(client, captureOrder(client, 'capture too much', chargeId, whole.amount));
  },

  /** Never captured, so it stays authorized until it expires. */
  'authorize only': async (client) => {
    await authorize(client, 'authorize only');
  },

  cancel: async (client) => {
    const chargeId = await authorize(client, 'cancel');
    if (!chargeId) return;
    await tell(client, refundOrder(client, 'cancel', chargeId));
    if (client.dice.chance(0.3)) await tell(client, captureOrder(client, 'cancel', chargeId));
  },

  'capture races cancel': async (client) => {
    const story = 'capture races cancel';
    const chargeId = await authorize(client, story);
    if (!chargeId) return;
    const both = [captureOrder(client, story, chargeId), refundOrder(client, story, chargeId)];
    await Promise.all(client.dice.shuffled(both).map((order, place) => tell(elsewhere(client, place), order)));
  },
} as const satisfies Record<string, ClientScript>;

/** A card for each decline code. */
const declining = [
  'tok_chargeDeclined',
  'tok_chargeDeclinedInsufficientFunds',
  'tok_chargeDeclinedLostCard',
  'tok_chargeDeclinedStolenCard',
  'tok_chargeDeclinedExpiredCard',
  'tok_chargeDeclinedIncorrectCvc',
  'tok_chargeDeclinedProcessingError',
  'tok_visa_chargeDeclinedVelocityLimitExceeded',
  'tok_chargeCustomerFail',
] as const;
