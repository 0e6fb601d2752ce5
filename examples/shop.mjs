// A small shop, as Stripe's documentation writes one: a customer saves a card, pays later, pays once with 3D Secure,
// and gets a part back. Only the host is another.
//   node examples/shop.mjs            against npm start
//   HOLDFAST_URL=http://host:port     against another system
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Stripe } from 'stripe';

const url = new URL(process.env.HOLDFAST_URL ?? 'http://localhost:3000');
const stripe = new Stripe(process.env.STRIPE_API_KEY ?? `sk_test_shop${process.pid}`, {
  host: url.hostname,
  port: url.port,
  protocol: 'http',
  telemetry: false,
});

// The webhook: every event is verified by the SDK before it is believed.
const received = new Map();
let secret;
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    try {
      const event = stripe.webhooks.constructEvent(Buffer.concat(chunks), request.headers['stripe-signature'], secret);
      received.set(event.type, event);
      response.writeHead(200).end();
    } catch (error) {
      response.writeHead(400).end(error.message);
    }
  });
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const endpoint = await stripe.webhookEndpoints.create({
  url: `http://127.0.0.1:${server.address().port}/webhook`,
  enabled_events: ['payment_intent.succeeded', 'charge.refunded'],
});
secret = endpoint.secret;

try {
  // Sign up.
  const customer = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada', metadata: { plan: 'pro' } });

  // Save a card.
  await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const { data: cards } = await stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
  assert.equal(cards.length, 1);
  assert.equal(cards[0].card.last4, '4242');
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: cards[0].id } });
  console.log(`${customer.id} saved a card ending in ${cards[0].card.last4}.`);

  // Pay with it later, off session.
  const renewal = await stripe.paymentIntents.create({
    amount: 4_900,
    currency: 'usd',
    customer: customer.id,
    payment_method: cards[0].id,
    off_session: true,
    confirm: true,
  });
  assert.equal(renewal.status, 'succeeded');
  console.log(`${renewal.id} succeeded off session.`);

  // Pay once with a card that asks for 3D Secure. In a browser the customer follows `next_action`.
  const intent = await stripe.paymentIntents.create({
    amount: 1_999,
    currency: 'eur',
    customer: customer.id,
    automatic_payment_methods: { enabled: true },
  });
  const asked = await stripe.paymentIntents.confirm(intent.id, {
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: 'https://example.com/return',
  });
  assert.equal(asked.status, 'requires_action');
  console.log(`${intent.id} waits for its customer at ${asked.next_action.redirect_to_url.url}.`);
  await stripe.rawRequest('POST', `/v1/test_helpers/payment_intents/${intent.id}/complete_authentication`, {
    outcome: 'succeeded',
  });
  const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge.balance_transaction'] });
  assert.equal(paid.status, 'succeeded');
  assert.equal(paid.latest_charge.balance_transaction.amount, 1_999);
  console.log(`${paid.id} succeeded; ${paid.latest_charge.balance_transaction.net} of 1999 remain after the fee.`);

  // A decline says why, and the intent asks for another card.
  const declined = await stripe.paymentIntents
    .create({
      amount: 500,
      currency: 'usd',
      payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    .catch((error) => error);
  assert(declined instanceof Stripe.errors.StripeCardError);
  assert.equal(declined.decline_code, 'insufficient_funds');
  assert.equal(declined.payment_intent.status, 'requires_payment_method');
  console.log(`${declined.payment_intent.id} was declined: ${declined.decline_code}.`);

  // Give a part back.
  const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
  assert.equal(refund.status, 'succeeded');
  console.log(`${refund.id} gave 500 back.`);

  // The webhook heard of both.
  const deadline = Date.now() + 30_000;
  while (received.size < 2 && Date.now() < deadline) await new Promise((later) => setTimeout(later, 50));
  assert(received.has('payment_intent.succeeded'));
  assert.equal(received.get('charge.refunded').data.object.payment_intent, paid.id);
  console.log('The webhook verified payment_intent.succeeded and charge.refunded.');
} finally {
  await stripe.webhookEndpoints.del(endpoint.id);
  server.close();
}
