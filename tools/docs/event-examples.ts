import { bank, ledger, payments, producers, type CloudEvent, type NewEvent, type Producer } from '#contracts';
import type { Money } from '#money';

const chargeId = 'ch_08jjRNLY0ky';
const refundId = 're_08jjRT4vQmA';
const account = 'acct_1f6c2b1be7d0';
const usd = (amountMinor: number): Money => ({ amountMinor, currency: 'usd' });
const amount = usd(2000);
const at = Date.UTC(2026, 0, 15, 10, 30, 0, 120);
const availableOn = Date.UTC(2026, 0, 18);
const common = { chargeId, account };
const ofAlder = { ...common, bank: 'alder' } as const;
const refund = { ...common, refundId, amount: usd(500) };

/** An example of each event, all of one charge. */
const examples: readonly NewEvent[] = [
  payments.chargeRequested({
    ...common,
    amount,
    capture: 'automatic',
    card: {
      brand: 'visa',
      last4: '4242',
      expMonth: 12,
      expYear: 2030,
      fingerprint: 'Xt5EWLLDS7FJjR1c',
      behavior: 'approve',
    },
    fault: null,
  }),
  payments.captureRequested({ ...common, amount: usd(1500) }),
  payments.cancellationRequested({ ...common, cause: 'canceled' }),
  payments.refundRequested(refund),

  bank.authorizationApproved({
    ...ofAlder,
    amount,
    capture: 'automatic',
    bankAuthorizationId: 'alder_auth_000000041',
    fault: null,
  }),
  bank.authorizationDeclined({ ...ofAlder, code: 'insufficient_funds' }),
  bank.authorizationFailed({ ...ofAlder, reason: 'reversed_out_of_doubt' }),
  bank.captureSucceeded({ ...ofAlder, amount, bankCaptureId: 'alder_capt_000000042' }),
  bank.authorizationVoided({ ...ofAlder, cause: 'capture_failed', refusalCode: 'refused_by_bank' }),
  bank.cancellationRefused(ofAlder),
  bank.captureCompensated({ ...ofAlder, amount, bankRefundId: 'alder_refd_000000043' }),
  bank.refundSucceeded({ ...refund, bank: 'alder', bankRefundId: 'alder_refd_000000044' }),
  bank.refundFailed({ ...refund, bank: 'alder', code: 'refused_by_bank' }),
  bank.statementPublished({
    bank: 'alder',
    after: 41,
    through: 42,
    isLast: true,
    askedAt: at + 9_000,
    entries: [
      {
        seq: 42,
        bankId: 'alder_capt_000000042',
        kind: 'capture',
        reference: `${chargeId}.capture`,
        account,
        chargeId,
        amountMinor: 2000,
        currency: 'usd',
        at,
        of: 'alder_auth_000000041',
      },
    ],
  }),
  bank.strayReversed({
    ...common,
    bank: 'cedar',
    bankId: 'cedar_capt_000000018',
    movement: 'capture',
    amount,
    reversalBankId: 'cedar_rvsl_000000019',
  }),

  ledger.holdPlaced({ ...common, amount, capture: 'automatic' }),
  ledger.chargeAuthorized({ ...common, amount, heldAt: at }),
  ledger.holdRefused({ ...common, reason: 'open_holds_cap' }),
  ledger.chargePosted({
    ...common,
    amount,
    fee: usd(88),
    availableOn,
    postedAt: at,
    balanceTransactionId: 'txn_08jjRNLY0ky',
  }),
  ledger.chargeReleased({ ...common, cause: 'capture_failed', holdRefusal: null, refusalCode: 'refused_by_bank' }),
  ledger.captureSuspended({ ...ofAlder, amount, bankCaptureId: 'alder_capt_000000042' }),
  ledger.refundReserved(refund),
  ledger.refundRefused({ ...refund, reason: 'insufficient_balance' }),
  ledger.refundPosted({ ...refund, postedAt: at, availableOn: at, balanceTransactionId: 'txn_08jjRT4vQmA' }),
  ledger.refundReleased({ ...refund, code: 'refused_by_bank' }),
  ledger.differenceFound({
    differenceId: 'cedar.cedar_capt_000000018.unknown_to_ledger',
    kind: 'unknown_to_ledger',
    bank: 'cedar',
    movement: 'capture',
    ...common,
    bankId: 'cedar_capt_000000018',
    reference: `${chargeId}.capture`,
    amount,
  }),
];

/** The example events as published, by type. */
export const exampleEvents: ReadonlyMap<string, CloudEvent> = new Map(
  examples.map((event) => {
    const producer = event.topic.split('.')[0] as Producer;
    return [
      event.type,
      {
        ...event,
        source: producers[producer],
        time: at,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    ];
  }),
);
