import * as bank from './bank/index.js';
import type { EventContract } from './event.js';
import * as ledger from './ledger/index.js';
import * as payments from './payments/index.js';

export type ServiceName = 'payments-api' | 'bank-gateway' | 'ledger';

/** A trigger other than an event: a request at the API, a clock, or a bank's answer. */
export type SagaTrigger =
  | 'POST /v1/charges'
  | 'POST /v1/charges/:id/capture'
  | 'POST /v1/refunds'
  | 'an authorization expires'
  | 'a statement is due'
  | 'the books are compared'
  | BankAnswerTrigger;
export type BankAnswerTrigger = `bank answers ${'authorize' | 'capture' | 'void' | 'refund' | 'reverse'}`;

/** One diagram per saga. A row of several sagas is listed in the first. */
export const sagas = ['charge', 'manual capture', 'cancellation', 'refund', 'reconciliation'] as const;
export type Saga = (typeof sagas)[number];

// oxlint-disable-next-line typescript/no-explicit-any -- the table names contracts, it never makes events
type AnyContract = EventContract<any>;

export interface SagaRow {
  readonly saga: Saga;
  readonly on: AnyContract | SagaTrigger;
  readonly service: ServiceName;
  /** The events that this reaction may emit: one at a time, but `cancellation_refused` together with `capture_succeeded`. */
  readonly emits: readonly AnyContract[];
  /** The operation that it may open at a bank. The answer is a separate row. */
  readonly asksFor?: BankAnswerTrigger;
  readonly kind: 'step' | 'compensation' | 'ending';
  /** The event whose effect this undoes. */
  readonly compensates?: AnyContract;
}

/** All sagas as a table. No code runs from it: tests compare every service's handlers with it, and diagrams are drawn from it. */
export const sagaTable: readonly SagaRow[] = [
  { saga: 'charge', on: 'POST /v1/charges', service: 'payments-api', emits: [payments.chargeRequested], kind: 'step' },
  {
    saga: 'charge',
    on: payments.chargeRequested,
    service: 'bank-gateway',
    emits: [bank.authorizationFailed],
    asksFor: 'bank answers authorize',
    kind: 'step',
  },
  {
    saga: 'charge',
    on: 'bank answers authorize',
    service: 'bank-gateway',
    emits: [bank.authorizationApproved, bank.authorizationDeclined, bank.authorizationFailed],
    // With a waiting cancellation an approval is voided at once.
    asksFor: 'bank answers void',
    kind: 'step',
  },
  {
    saga: 'charge',
    on: bank.authorizationApproved,
    service: 'ledger',
    // Posted at once if the capture arrived before the approval and is in suspense.
    emits: [ledger.holdPlaced, ledger.chargeAuthorized, ledger.holdRefused, ledger.chargePosted],
    kind: 'step',
  },
  {
    saga: 'charge',
    on: ledger.holdPlaced,
    service: 'bank-gateway',
    emits: [],
    asksFor: 'bank answers capture',
    kind: 'step',
  },
  {
    saga: 'charge',
    on: 'bank answers capture',
    service: 'bank-gateway',
    emits: [bank.captureSucceeded, bank.cancellationRefused],
    asksFor: 'bank answers void',
    kind: 'step',
  },
  {
    saga: 'charge',
    on: bank.captureSucceeded,
    service: 'ledger',
    emits: [ledger.chargePosted, ledger.captureSuspended],
    kind: 'step',
  },

  // Compensations. A refused hold and a refused capture both take the closing slot for a void at the bank.
  {
    saga: 'charge',
    on: ledger.holdRefused,
    service: 'bank-gateway',
    emits: [],
    asksFor: 'bank answers void',
    kind: 'compensation',
    compensates: bank.authorizationApproved,
  },
  {
    saga: 'charge',
    on: 'bank answers void',
    service: 'bank-gateway',
    emits: [bank.authorizationVoided],
    kind: 'compensation',
    compensates: bank.authorizationApproved,
  },
  {
    saga: 'charge',
    on: bank.authorizationVoided,
    service: 'ledger',
    // Captured before its approval arrived: the money in suspense needs a compensation.
    emits: [ledger.chargeReleased, ledger.captureSuspended],
    kind: 'compensation',
    compensates: ledger.holdPlaced,
  },
  { saga: 'charge', on: ledger.chargePosted, service: 'payments-api', emits: [], kind: 'ending' },
  { saga: 'charge', on: ledger.chargeReleased, service: 'payments-api', emits: [], kind: 'ending' },
  { saga: 'charge', on: bank.authorizationDeclined, service: 'payments-api', emits: [], kind: 'ending' },
  { saga: 'charge', on: bank.authorizationFailed, service: 'payments-api', emits: [], kind: 'ending' },
  // A capture whose charge has ended: refunded at the bank, and out of suspense.
  {
    saga: 'charge',
    on: ledger.captureSuspended,
    service: 'bank-gateway',
    emits: [],
    asksFor: 'bank answers refund',
    kind: 'compensation',
    compensates: bank.captureSucceeded,
  },
  {
    saga: 'charge',
    on: bank.captureCompensated,
    service: 'ledger',
    emits: [],
    kind: 'compensation',
    compensates: ledger.captureSuspended,
  },

  { saga: 'manual capture', on: ledger.chargeAuthorized, service: 'payments-api', emits: [], kind: 'ending' },
  {
    saga: 'manual capture',
    on: 'POST /v1/charges/:id/capture',
    service: 'payments-api',
    emits: [payments.captureRequested],
    kind: 'step',
  },
  {
    saga: 'manual capture',
    on: payments.captureRequested,
    service: 'bank-gateway',
    emits: [],
    asksFor: 'bank answers capture',
    kind: 'step',
  },

  {
    saga: 'cancellation',
    on: 'an authorization expires',
    service: 'payments-api',
    emits: [payments.cancellationRequested],
    kind: 'step',
  },
  {
    saga: 'cancellation',
    on: payments.cancellationRequested,
    service: 'bank-gateway',
    emits: [bank.cancellationRefused],
    asksFor: 'bank answers void',
    kind: 'compensation',
    compensates: bank.authorizationApproved,
  },
  { saga: 'cancellation', on: bank.cancellationRefused, service: 'payments-api', emits: [], kind: 'ending' },

  {
    saga: 'refund',
    on: 'POST /v1/refunds',
    service: 'payments-api',
    // The refund of an uncaptured charge is a cancellation.
    emits: [payments.refundRequested, payments.cancellationRequested],
    kind: 'step',
  },
  {
    saga: 'refund',
    on: payments.refundRequested,
    service: 'ledger',
    emits: [ledger.refundReserved, ledger.refundRefused],
    kind: 'step',
  },
  {
    saga: 'refund',
    on: ledger.refundReserved,
    service: 'bank-gateway',
    emits: [],
    asksFor: 'bank answers refund',
    kind: 'step',
  },
  {
    saga: 'refund',
    on: 'bank answers refund',
    service: 'bank-gateway',
    emits: [bank.refundSucceeded, bank.refundFailed, bank.captureCompensated],
    kind: 'step',
  },
  { saga: 'refund', on: bank.refundSucceeded, service: 'ledger', emits: [ledger.refundPosted], kind: 'step' },
  {
    saga: 'refund',
    on: bank.refundFailed,
    service: 'ledger',
    emits: [ledger.refundReleased],
    kind: 'compensation',
    compensates: ledger.refundReserved,
  },
  { saga: 'refund', on: ledger.refundPosted, service: 'payments-api', emits: [], kind: 'ending' },
  { saga: 'refund', on: ledger.refundReleased, service: 'payments-api', emits: [], kind: 'ending' },
  { saga: 'refund', on: ledger.refundRefused, service: 'payments-api', emits: [], kind: 'ending' },

  {
    saga: 'reconciliation',
    on: 'a statement is due',
    service: 'bank-gateway',
    emits: [bank.statementPublished],
    kind: 'step',
  },
  { saga: 'reconciliation', on: bank.statementPublished, service: 'ledger', emits: [], kind: 'step' },
  {
    saga: 'reconciliation',
    on: 'the books are compared',
    service: 'ledger',
    emits: [ledger.differenceFound],
    kind: 'step',
  },
  {
    saga: 'reconciliation',
    on: ledger.differenceFound,
    service: 'bank-gateway',
    emits: [],
    asksFor: 'bank answers reverse',
    kind: 'compensation',
    compensates: ledger.differenceFound,
  },
  {
    saga: 'reconciliation',
    on: 'bank answers reverse',
    service: 'bank-gateway',
    emits: [bank.strayReversed],
    kind: 'compensation',
    compensates: ledger.differenceFound,
  },
  {
    saga: 'reconciliation',
    on: bank.strayReversed,
    service: 'ledger',
    emits: [],
    kind: 'compensation',
    compensates: ledger.differenceFound,
  },
];
