import { describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { stripeSignature } from './signature.js';

const { webhooks } = new Stripe('sk_test_none');
const body = JSON.stringify({ id: 'evt_1', object: 'event', data: { object: { description: 'Größe 42 👟' } } });
const now = (): number => Math.floor(Date.now() / 1_000);

describe('the signature of a webhook', () => {
  it('is accepted by the official package', () => {
    expect(webhooks.constructEvent(body, stripeSignature(body, ['whsec_1'], now()), 'whsec_1').id).toBe('evt_1');
  });

  it('is accepted with either secret of a rotation', () => {
    const header = stripeSignature(body, ['whsec_new', 'whsec_old'], now());
    for (const secret of ['whsec_new', 'whsec_old'])
      expect(webhooks.constructEvent(body, header, secret).id).toBe('evt_1');
  });

  it.each([
    ['another secret', body, 'whsec_2', 0],
    ['another body', body.replace('42', '43'), 'whsec_1', 0],
    ['a time that is long past', body, 'whsec_1', 600],
  ])('is refused with %s', (_what, received, secret, ageSeconds) => {
    const header = stripeSignature(body, ['whsec_1'], now() - ageSeconds);
    expect(() => webhooks.constructEvent(received, header, secret)).toThrow(
      Stripe.errors.StripeSignatureVerificationError,
    );
  });
});
