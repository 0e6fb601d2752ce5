"""A small shop, as Stripe's documentation writes one: a customer saves a card, pays later, pays once with 3D Secure,
and gets a part back. Only the host is another.

    pip install stripe && python examples/shop.py     against npm start
    HOLDFAST_URL=http://host:port                     against another system
"""

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from stripe import CardError, SignatureVerificationError, StripeClient, Webhook

client = StripeClient(
    os.environ.get("STRIPE_API_KEY", f"sk_test_shop{os.getpid()}"),
    base_addresses={"api": os.environ.get("HOLDFAST_URL", "http://localhost:3000")},
)
stripe = client.v1

received = {}
secret = None


class Receiver(BaseHTTPRequestHandler):
    """Every event is verified by the SDK before it is believed."""

    def do_POST(self):
        payload = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            event = Webhook.construct_event(payload, self.headers["Stripe-Signature"], secret)
            received[event["type"]] = event
            self.send_response(200)
        except (ValueError, SignatureVerificationError):
            self.send_response(400)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = stripe.webhook_endpoints.create(
    {
        "url": f"http://127.0.0.1:{server.server_port}/webhook",
        "enabled_events": ["payment_intent.succeeded", "charge.refunded"],
    }
)
secret = endpoint.secret

try:
    # Sign up.
    customer = stripe.customers.create(
        {"email": "ada@example.com", "name": "Ada", "metadata": {"plan": "pro"}}
    )

    # Save a card.
    stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    cards = stripe.payment_methods.list({"customer": customer.id, "type": "card"}).data
    assert [card.card.last4 for card in cards] == ["4242"]
    stripe.customers.update(
        customer.id, {"invoice_settings": {"default_payment_method": cards[0].id}}
    )
    print(f"{customer.id} saved a card ending in {cards[0].card.last4}.")

    # Pay with it later, off session.
    renewal = stripe.payment_intents.create(
        {
            "amount": 4900,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": cards[0].id,
            "off_session": True,
            "confirm": True,
        }
    )
    assert renewal.status == "succeeded"
    print(f"{renewal.id} succeeded off session.")

    # Pay once with a card that asks for 3D Secure. In a browser the customer follows `next_action`.
    intent = stripe.payment_intents.create(
        {
            "amount": 1999,
            "currency": "eur",
            "customer": customer.id,
            "automatic_payment_methods": {"enabled": True},
        }
    )
    asked = stripe.payment_intents.confirm(
        intent.id,
        {
            "payment_method": "pm_card_threeDSecure2Required",
            "return_url": "https://example.com/return",
        },
    )
    assert asked.status == "requires_action"
    print(f"{intent.id} waits for its customer at {asked.next_action.redirect_to_url.url}.")
    client.raw_request(
        "post",
        f"/v1/test_helpers/payment_intents/{intent.id}/complete_authentication",
        outcome="succeeded",
    )
    paid = stripe.payment_intents.retrieve(
        intent.id, {"expand": ["latest_charge.balance_transaction"]}
    )
    assert paid.status == "succeeded"
    posted = paid.latest_charge.balance_transaction
    assert posted.amount == 1999
    print(f"{paid.id} succeeded; {posted.net} of 1999 remain after the fee.")

    # A decline says why, and the intent asks for another card.
    try:
        stripe.payment_intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        raise AssertionError("the card was not declined")
    except CardError as error:
        assert error.error.decline_code == "insufficient_funds"
        assert error.error.payment_intent.status == "requires_payment_method"
        print(f"{error.error.payment_intent.id} was declined: {error.error.decline_code}.")

    # Give a part back.
    refund = stripe.refunds.create({"payment_intent": paid.id, "amount": 500})
    assert refund.status == "succeeded"
    print(f"{refund.id} gave 500 back.")

    # The webhook heard of both.
    deadline = time.monotonic() + 30
    while len(received) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sorted(received) == ["charge.refunded", "payment_intent.succeeded"]
    assert received["charge.refunded"]["data"]["object"]["payment_intent"] == paid.id
    print("The webhook verified payment_intent.succeeded and charge.refunded.")
finally:
    stripe.webhook_endpoints.delete(endpoint.id)
    server.shutdown()
