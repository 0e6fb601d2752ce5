import type { VersionChange } from './version-change.js';

/**
 * A charge and a payment intent named their invoice. There are no invoices here.
 *
 * https://docs.stripe.com/changelog/basil/2025-03-31/add-support-for-multiple-partial-payments-on-invoices
 */
export const invoiceOfPayments: VersionChange = {
  version: '2025-03-31.basil',
  before: {
    charge: (charge) => ({ ...charge, invoice: null }),
    payment_intent: (intent) => ({ ...intent, invoice: null }),
  },
};
