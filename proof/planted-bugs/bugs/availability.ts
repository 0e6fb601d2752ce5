import type { Sabotage } from '../sabotage.js';

const authorization = 'apps/bank-gateway/src/authorizations/authorization/authorization.ts';
const declinedWhen = (condition: string): Sabotage['edits'] => [
  {
    file: authorization,
    find: '  if (bank) {\n    const opened = openOperation',
    replace: `  if (bank && ${condition})\n    return finish({ state: 'declined', terms, operations, bank: bank.name, code: 'generic_decline' });\n  if (bank) {\n    const opened = openOperation`,
  },
];

const tooFewRequests = 'a world has too few requests at once for an overload';

export const availability: readonly Sabotage[] = [
  {
    name: 'declined-above-99-99',
    says: 'every charge above 99.99 is declined',
    breaks: ['A16'],
    edits: declinedWhen('terms.amount.amountMinor > 9_999'),
  },
  {
    name: 'everything-declined',
    says: 'every charge is declined',
    breaks: ['A16'],
    edits: declinedWhen('terms.amount.amountMinor > 0'),
  },
  {
    name: 'one-card-network-declined',
    says: 'every charge of one card network is declined',
    breaks: ['A16'],
    edits: declinedWhen("terms.card.brand === 'amex'"),
  },
  {
    name: 'nothing-admitted',
    says: 'admission control rejects every charge with a 429',
    breaks: ['A16', 'A15'],
    edits: [
      {
        file: 'apps/payments-api/src/admission/admission-control.ts',
        find: "if (this.uncommitted >= limits.uncommittedMax) return 'uncommitted';",
        replace: "if (this.uncommitted <= limits.uncommittedMax) return 'uncommitted';",
      },
    ],
  },
  {
    name: 'admission-leaks',
    says: 'admission control never releases the slot of an ended request, so after a while an instance rejects everything',
    breaks: ['A16', 'A15'],
    edits: [
      {
        file: 'apps/payments-api/src/admission/admission-control.ts',
        find: 'if (!ended) this.uncommitted--;',
        replace: 'if (!ended) this.uncommitted += 100;',
      },
    ],
  },
  {
    name: 'two-requests-are-an-overload',
    says: 'the adaptive limit begins at a single request, so a charge beside another one is refused with a 429',
    breaks: ['A16', 'A15'],
    edits: [
      {
        file: 'apps/payments-api/src/admission/adaptive-limit.ts',
        find: 'this.#limit = Math.min(options.initial, options.max);',
        replace: 'this.#limit = Math.min(options.initial, options.max) / 100;',
      },
    ],
  },
  {
    name: 'overload-admitted',
    says: 'the adaptive limit never falls, so in an overload every request waits until it is answered `pending`',
    breaks: ['A16'],
    shownBySpec: { file: 'apps/payments-api/src/admission/adaptive-limit.spec.ts', because: tooFewRequests },
    edits: [
      {
        file: 'apps/payments-api/src/admission/adaptive-limit.ts',
        find: 'const LOWER = 0.7;',
        replace: 'const LOWER = 1;',
      },
    ],
  },
  {
    name: 'slow-bank-is-an-overload',
    says: 'the baseline of the adaptive limit never rises, so a bank that becomes slow has its charges refused',
    breaks: ['A16'],
    shownBySpec: { file: 'apps/payments-api/src/admission/adaptive-limit.spec.ts', because: tooFewRequests },
    edits: [
      {
        file: 'apps/payments-api/src/admission/adaptive-limit.ts',
        find: 'this.#baselineMs = Math.max(this.#baselineMs, baselineMs);',
        replace: 'this.#baselineMs = Math.min(this.#baselineMs, baselineMs);',
      },
    ],
  },
  {
    name: 'quiet-account-refused-for-a-noisy-one',
    says: 'a full network refuses every account, so a noisy account has the charges of a quiet one refused',
    breaks: ['A16'],
    shownBySpec: { file: 'apps/payments-api/src/admission/requests-in-progress.spec.ts', because: tooFewRequests },
    edits: [
      {
        file: 'apps/payments-api/src/admission/requests-in-progress.ts',
        find: 'return own + 1 > limit / (this.accounts.size + (own === 0 ? 1 : 0));',
        replace: 'return own + 1 > 0;',
      },
    ],
  },
  {
    name: 'bank-of-another-network',
    says: 'routing sends a card to a bank that does not serve its network, and the bank refuses it',
    breaks: ['A16'],
    edits: [
      {
        file: 'apps/bank-gateway/src/authorizations/authorization/routing.ts',
        find: 'rank(bank) >= 0 && !tried',
        replace: 'rank(bank) >= -1 && !tried',
      },
    ],
  },
  {
    name: 'some-holds-refused',
    says: 'the ledger refuses the hold of every charge whose amount ends in 7',
    breaks: ['A16'],
    edits: [
      {
        file: 'apps/ledger/src/holds/hold-refusal.ts',
        find: '  return refusalFor(limits, event.amount);',
        replace: "  return event.amount.amountMinor % 10 === 7 ? 'open_holds_cap' : refusalFor(limits, event.amount);",
      },
    ],
  },
  {
    name: 'refunds-always-refused',
    says: 'the ledger refuses every refund for lack of balance',
    breaks: ['A16'],
    edits: [
      {
        file: 'apps/ledger/src/refunds/refund.ts',
        find: "return amount.amountMinor > spendableMinor ? 'insufficient_balance' : undefined;",
        replace: "return amount.amountMinor > spendableMinor - 1e12 ? 'insufficient_balance' : undefined;",
      },
    ],
  },
];
