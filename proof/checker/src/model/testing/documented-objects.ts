interface ShownCharge {
  readonly id: string;
  readonly amount: number;
  readonly paid: boolean;
  readonly failed: boolean;
  /** Of an open authorization, in Unix seconds. */
  readonly captureBefore: number | undefined;
}

const brandNames: Readonly<Record<string, string>> = { visa: 'Visa', amex: 'American Express' };

/** The fields of a charge that no test changes, as the API reference shows them. */
export function documentedCharge(
  { id, amount, paid, failed, captureBefore }: ShownCharge,
  { brand, last4 }: { readonly brand: string; readonly last4: string },
): object {
  const card = { brand, country: 'US', exp_month: 5, exp_year: 2027, fingerprint: 'f', funding: 'credit', last4 };
  return {
    application: null,
    application_fee: null,
    application_fee_amount: null,
    billing_details: {
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    calculated_statement_descriptor: 'HOLDFAST',
    customer: null,
    disputed: false,
    failure_balance_transaction: null,
    failure_message: failed ? 'Your card was declined.' : null,
    on_behalf_of: null,
    outcome: failed
      ? { network_status: 'declined_by_network', type: 'issuer_declined' }
      : paid
        ? {
            advice_code: null,
            network_advice_code: null,
            network_decline_code: null,
            network_status: 'approved_by_network',
            reason: null,
            risk_level: 'normal',
            risk_score: 0,
            seller_message: 'Payment complete.',
            type: 'authorized',
          }
        : null,
    payment_intent: null,
    payment_method: `card_${id.slice(3)}`,
    payment_method_details: {
      card: {
        amount_authorized: amount,
        authorization_code: null,
        ...card,
        ...(captureBefore !== undefined && { capture_before: captureBefore }),
        checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
        extended_authorization: { status: 'disabled' },
        incremental_authorization: { status: 'unavailable' },
        installments: null,
        mandate: null,
        multicapture: { status: 'unavailable' },
        network: brand,
        network_token: { used: false },
        network_transaction_id: null,
        overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
        regulated_status: 'unregulated',
        three_d_secure: null,
        electronic_commerce_indicator: null,
        transaction_link_id: null,
        wallet: null,
      },
      type: 'card',
    },
    radar_options: {},
    receipt_number: null,
    receipt_url: null,
    review: null,
    source: {
      ...card,
      id: `card_${id.slice(3)}`,
      object: 'card',
      address_city: null,
      address_country: null,
      address_line1: null,
      address_line1_check: null,
      address_line2: null,
      address_state: null,
      address_zip: null,
      address_zip_check: null,
      allow_redisplay: 'unspecified',
      brand: brandNames[brand],
      customer: null,
      cvc_check: null,
      dynamic_last4: null,
      metadata: {},
      name: null,
      regulated_status: 'unregulated',
      tokenization_method: null,
    },
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_data: null,
  };
}

export const documentedRefund = (charge: string, cancels = false): object => ({
  customer: null,
  customer_account: null,
  destination_details: {
    card: cancels
      ? { type: 'reversal' }
      : { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    type: 'card',
  },
  payment_intent: null,
  payment_method: `card_${charge.slice(3)}`,
  receipt_number: null,
  source_transfer_reversal: null,
  transfer_reversal: null,
});
