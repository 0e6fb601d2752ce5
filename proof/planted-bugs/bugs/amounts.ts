import type { Sabotage } from '../sabotage.js';

const captureCharge = 'apps/payments-api/src/charges/requests/capture-charge.ts';
const chargeObject = 'apps/payments-api/src/charges/answers/charge-object.ts';
const createRefund = 'apps/payments-api/src/charges/requests/create-refund.ts';
const createRequest = 'apps/payments-api/src/charges/parameters/create-parameters.ts';
const ledgerRefund = 'apps/ledger/src/refunds/refund.ts';

export const amounts: readonly Sabotage[] = [
  {
    name: 'refund-sum-unchecked',
    says: 'payments-api, ledger and gateway all accept a refund without checking the sum of the earlier ones',
    breaks: ['A5'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/charge.ts',
        find: '    assert(refundedMinor(refunds) <= amountMinor, `refunds of ${charge.opening.id} exceed what was captured`);\n',
        replace: '',
      },
      {
        file: createRefund,
        find: '  if (left.amountMinor === 0) return refused(alreadyRefunded(charge.opening.id));\n',
        replace: '',
      },
      {
        file: createRefund,
        find: 'money(amountMinor ?? left.amountMinor, captured.currency)',
        replace: 'money(amountMinor ?? captured.amountMinor, captured.currency)',
      },
      {
        file: createRefund,
        find: '  if (wanted.amountMinor > left.amountMinor) return refused(refundTooLarge(wanted, left));\n',
        replace: '',
      },
      {
        file: 'apps/payments-api/src/migrations/0005-refund-totals.migration.ts',
        find: "\n      AND refund_pending_minor + refund_succeeded_minor <= coalesce((ending->'amount'->>'amountMinor')::int8, 0));",
        replace: ');',
      },
      {
        file: ledgerRefund,
        find: "  if (refundedMinor + amount.amountMinor > captured.amount.amountMinor) return 'exceeds_captured';\n",
        replace: '',
      },
      {
        file: ledgerRefund,
        find: "  assert(refundedMinor + amount.amountMinor <= captured.amount.amountMinor, 'refunds exceed what was captured');\n",
        replace: '',
      },
      {
        file: 'apps/ledger/src/migrations/0002-add-refunds.migration.ts',
        find: 'CREATE TRIGGER refunds_are_bounded AFTER INSERT ON transfer\n    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_excess_refunds();',
        replace: '',
      },
      {
        file: 'apps/bank-gateway/src/authorizations/authorization/refund.ts',
        find: "  assert(refundedMinor + amount.amountMinor <= captured.amountMinor, 'refunds of more than was captured');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'partial-capture-captures-all',
    says: 'a partial capture captures the whole authorized amount',
    breaks: ['A17'],
    edits: [
      {
        file: captureCharge,
        find: 'requestCapture(charge, {\n      amount: wanted,',
        replace: 'requestCapture(charge, {\n      amount,',
      },
    ],
  },
  {
    name: 'refund-under-its-charge-refunds-all',
    says: 'a refund that is asked for under the path of its charge ignores its amount',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/http/charge-refunds.controller.ts',
        find: '{ of: { chargeId }, ...parameters }',
        replace: '{ of: { chargeId }, ...parameters, amountMinor: undefined }',
      },
    ],
  },
  {
    name: 'capture-below-the-least',
    says: 'a capture of less than the least amount of its currency is accepted',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/capture-charge.ts',
        find: '    if (tooSmall) return refused(tooSmall);\n',
        replace: '    void tooSmall;\n',
      },
    ],
  },
  {
    name: 'capture-clipped',
    says: 'a capture of more than 500.00 captures 500.00',
    breaks: ['A17'],
    edits: [
      {
        file: captureCharge,
        find: 'const wanted = money(request.amountMinor ?? amount.amountMinor, amount.currency);',
        replace: 'const wanted = money(Math.min(request.amountMinor ?? amount.amountMinor, 50_000), amount.currency);',
      },
    ],
  },
  {
    name: 'full-capture-leaves-one-unit',
    says: 'a capture without an amount captures one minor unit less than was authorized',
    breaks: ['A17'],
    edits: [
      {
        file: captureCharge,
        find: 'money(request.amountMinor ?? amount.amountMinor,',
        replace: 'money(request.amountMinor ?? amount.amountMinor - 1,',
      },
    ],
  },
  {
    name: 'capture-mode-ignored',
    says: 'a charge with `capture=false` is captured at once',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/create-charge.ts',
        find: "...(capture === 'manual' && { capture }),",
        replace: "...(capture === 'manual' && amount.amountMinor === 0 && { capture }),",
      },
      {
        file: 'apps/payments-api/src/charges/requests/create-charge.ts',
        find: 'amount, capture, card, fault })',
        replace: "amount, capture: 'automatic', card, fault })",
      },
    ],
  },
  {
    name: 'refund-one-unit-more',
    says: 'a partial refund gives back one minor unit more than requested',
    breaks: ['A17'],
    edits: [
      {
        file: createRefund,
        find: 'const asked = refund(wanted);',
        replace: 'const asked = refund(money(Math.min(wanted.amountMinor + 1, left.amountMinor), left.currency));',
      },
    ],
  },
  {
    name: 'partial-refund-refunds-all',
    says: 'a partial refund gives back everything that is left of the charge',
    breaks: ['A17'],
    edits: [
      {
        file: createRefund,
        find: 'const asked = refund(wanted);',
        replace: 'const asked = refund(left);',
      },
    ],
  },
  {
    name: 'amount-of-a-neighbour',
    says: 'the gateway stores every authorization of a batch with the amount of the first one, so ledger and bank hold different amounts',
    breaks: ['A17', 'A2', 'A8'],
    edits: [
      {
        file: 'apps/bank-gateway/src/authorizations/store/authorization.repository.ts',
        find: 'else opened.authorizations.push(openedRow(state, traceparent));',
        replace:
          'else\n        opened.authorizations.push({ ...openedRow(state, traceparent), ...(opened.authorizations[0] && { amount_minor: (opened.authorizations[0] as { amount_minor: number }).amount_minor }) });',
      },
    ],
  },
  {
    name: 'currency-ignored',
    says: 'every charge is opened in US dollars, whatever currency was requested',
    breaks: ['A17'],
    edits: [
      {
        file: createRequest,
        find: 'amount: money(given.amount, given.currency),',
        replace: "amount: money(given.amount, 'usd'),",
      },
    ],
  },
  {
    name: 'yen-taken-for-cents',
    says: 'an amount in a zero-decimal currency is multiplied by a hundred',
    breaks: ['A17'],
    edits: [
      {
        file: createRequest,
        find: 'amount: money(given.amount, given.currency),',
        replace: 'amount: money(given.amount * (currencies[given.currency].decimals === 0 ? 100 : 1), given.currency),',
      },
      {
        file: createRequest,
        find: 'import { currencyCodes,',
        replace: 'import { currencies, currencyCodes,',
      },
    ],
  },
  {
    name: 'amount-captured-told-wrong',
    says: 'after a partial capture `amount_captured` shows the authorized amount',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: 'amount_captured: posted?.amount.amountMinor ?? 0,',
        replace: 'amount_captured: posted ? amount.amountMinor : 0,',
      },
    ],
  },
  {
    name: 'amount-refunded-told-wrong',
    says: '`amount_refunded` counts succeeded refunds only and leaves out pending ones',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: '+ refundedMinor(charge.refunds);',
        replace: '+ charge.refunds.succeededMinor;',
      },
    ],
  },
  {
    name: 'failed-refund-counts',
    says: 'a failed refund still counts as refunded, so the merchant cannot refund that part again',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/refunds-of-charge.ts',
        find: "    case 'failed':\n      return refunds;",
        replace: "    case 'failed':\n      return { ...refunds, succeededMinor: succeededMinor + minor };",
      },
    ],
  },
];
