import type { AnsweredObject, VersionChange } from './version-change.js';

/**
 * A payment intent contained its charges, the latest first. What is shown is the latest, where it is known; the list's
 * own URL has the others.
 *
 * https://docs.stripe.com/changelog/2022-11-15/removes-charges-attribute-paymentintent
 */
export const chargesOfIntent: VersionChange = {
  version: '2022-11-15',
  before: {
    payment_intent: ({ latest_charge: latest, ...intent }) => ({
      ...intent,
      charges: {
        object: 'list',
        data: isCharge(latest) ? [latest] : [],
        has_more: latest !== null,
        url: `/v1/charges?payment_intent=${String(intent['id'])}`,
      },
      latest_charge: isCharge(latest) ? latest['id'] : latest,
    }),
  },
  expanded: { payment_intent: ['latest_charge'] },
};

const isCharge = (value: unknown): value is AnsweredObject => typeof value === 'object' && value !== null;
