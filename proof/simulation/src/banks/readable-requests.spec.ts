import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newAccount, payments, bankProtocol } from '#contracts';
import { currencyCodes } from '#money';
import { newId } from '#snowflake';
import { AuthorizationEventsController } from '../../../../apps/bank-gateway/src/authorizations/events/authorization-events.controller.js';
import {
  openOperation,
  openRefund,
  openReversal,
} from '../../../../apps/bank-gateway/src/authorizations/authorization/operation.js';
import { refundReference } from '../../../../apps/bank-gateway/src/authorizations/authorization/reference.js';
import {
  inquiryOf,
  movementOf,
  reversalOf,
  type ClaimedOperation,
} from '../../../../apps/bank-gateway/src/authorizations/authorization/claimed-operation.js';
import { readRequest } from '../../../../apps/bank-simulator/src/desk/route.js';
import { sandboxAccount } from '../../../../apps/payments-api/src/accounts/accounts.repository.js';
import { KeyedHash } from '../../../../apps/payments-api/src/accounts/keyed-hash.js';
import { createCharge } from '../../../../apps/payments-api/src/charges/requests/create-charge.js';
import { createParameters } from '../../../../apps/payments-api/src/charges/parameters/create-parameters.js';
import { parseJson } from '../../../../apps/payments-api/src/protocol/parameters.js';
import { readParameters } from '../../../../apps/payments-api/src/protocol/read-parameters.js';
import { StripeError } from '../../../../apps/payments-api/src/protocol/stripe-error.js';
import { readInstrument } from '../../../../apps/payments-api/src/test-cards/instrument.js';
import { testCards } from '../../../../apps/payments-api/src/test-cards/test-card.js';

const hash = new KeyedHash('a secret for tests only');
const now = Date.UTC(2026, 5, 15);
const chargeId = newId('ch', 2n ** 63n - 1n);
const refundId = newId('re', 2n ** 63n - 1n);

const times = fc.oneof(
  fc.constantFrom('', '_always', '_0', '_100', '_101'),
  fc.tuple(fc.nat({ max: 120 }), fc.integer({ min: 1, max: 100 })).map(([zeros, n]) => `_${'0'.repeat(zeros)}${n}`),
);
const faultToken = fc
  .tuple(
    fc.constantFrom('tok_fault', 'pm_card_fault'),
    fc.constantFrom(...bankProtocol.tokenOperations),
    fc.constantFrom(...bankProtocol.faultNames),
    times,
    fc.constantFrom('', ...bankProtocol.brands.map((brand) => `_on_${brand}`)),
  )
  .map(([prefix, operation, fault, often, on]) => `${prefix}_${operation}_${fault}${often}${on}`);
const card = fc.record({
  number: fc.constantFrom(...testCards.map(({ number }) => number)),
  exp_month: fc.integer({ min: 0, max: 13 }).map(String),
  exp_year: fc.constantFrom('26', '2026', '2076', '2077', '999999999999999'),
});
const amount = fc.oneof(
  fc.constantFrom(0, 1, 49, 50, 99_999_999, 100_000_000, Number.MAX_SAFE_INTEGER),
  fc.integer({ min: 1, max: 99_999_999 }),
);
const parameters = fc.record({
  amount: amount.map(String),
  currency: fc.constantFrom(...currencyCodes),
  source: fc.oneof(faultToken, card, fc.constantFrom('tok_amex', 'tok_chargeDeclined', 'tok_fault_ledger_refuse')),
  capture: fc.constantFrom('true', 'false'),
});
const account = fc.oneof(
  fc.string({ maxLength: 200 }).map((apiKey) => sandboxAccount(apiKey, hash)),
  fc.stringMatching(/^acct_[\w-]{1,59}$/),
  fc.constantFrom(`acct_${'a'.repeat(59)}`),
);
/** Ids that a bank may give to a movement. */
const bankId = fc.oneof(fc.stringMatching(/^[\w.-]{1,64}$/), fc.constantFrom('x'.repeat(64)));

/** The event of a charge request. Undefined if the API refuses the parameters. */
function requestedBy(given: object, of: string): payments.ChargeRequested | undefined {
  try {
    const request = readParameters(createParameters, parseJson(JSON.stringify(given)));
    const presented = readInstrument(request.payment, hash, now);
    if (presented.kind === 'refused') return undefined;
    const decide = createCharge({ account: of, chargeId }, request, presented.instrument);
    const [requested] = decide({ state: 'none' }, now).emit;
    return requested!.data as payments.ChargeRequested;
  } catch (error) {
    if (error instanceof StripeError) return undefined;
    throw error;
  }
}

/** Every request that the gateway may send to a bank for this charge. */
function ordersFor(requested: payments.ChargeRequested, performedAs: string): object[] {
  const banks = Object.values(bankProtocol.bankProfiles).map((profile) => ({ profile, isAvailableTo: () => true }));
  const { state } = new AuthorizationEventsController().chargeRequested({ state: 'none' }, requested, now, banks);
  if (state.state !== 'authorizing') throw new Error(`it is ${state.state}`);
  const [authorize] = state.operations;
  const { bank, amountMinor } = authorize!;
  const task = (operation: ClaimedOperation['operation'], actsOn: string | null): ClaimedOperation => {
    return { terms: state.terms, operation, actsOn, slot: { release: () => undefined } };
  };
  const authorizing = task(authorize!, null);
  const capturing = task(openOperation('capture', bank, chargeId, 1), performedAs);
  const voiding = task(openOperation('void', bank, chargeId, amountMinor), performedAs);
  const refunding = task(openRefund(refundReference(chargeId, refundId), bank, amountMinor), performedAs);
  const stray = { bankId: performedAs, movement: 'capture', amount: requested.amount } as const;
  const undoing = task(openReversal(chargeId, bank, stray), performedAs);
  return [
    ...[authorizing, capturing, voiding, refunding].map(movementOf),
    ...[authorizing, capturing, refunding].map(inquiryOf),
    ...[authorizing, voiding, undoing].map(reversalOf),
  ];
}

describe('every charge that the API accepts', () => {
  it('satisfies its event’s contract, and a bank can parse every request for it', () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(parameters, account, bankId, (given, of, performedAs) => {
        const requested = requestedBy(given, of);
        if (!requested) return void refused++;
        accepted++;
        expect(payments.chargeRequested.schema.safeParse(requested).error).toBeUndefined();
        for (const order of ordersFor(requested, performedAs)) {
          const request = { ...order, ...(!isInquiry(order) && { validUntil: now }) } as bankProtocol.BankRequest;
          const { method, path, body } = bankProtocol.wireOf(request);
          expect(readRequest(method, path, body ? JSON.stringify(body) : '')).toEqual(request);
          expect(bankProtocol.requestSchema.safeParse(request).error).toBeUndefined();
        }
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(200);
  });

  it('may have an account of any accepted name', () => {
    const accountOf = (name: string): boolean => newAccount.safeParse(name).success;
    expect([`acct_${'a'.repeat(59)}`, 'acct_my-shop_2'].map(accountOf)).toEqual([true, true]);
    const beyond = [`acct_${'a'.repeat(60)}`, 'acct_', 'shop', 'acct_a b', 'acct_a/b', 'acct_a:usd', 'acct_ä', ''];
    expect(beyond.filter(accountOf)).toEqual([]);
  });
});

const isInquiry = (order: object): boolean => (order as { kind: string }).kind === 'inquire';
