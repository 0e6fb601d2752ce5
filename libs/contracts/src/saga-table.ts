import * as bank from './bank/index.js';
import type { EventContract, ServiceName } from './event.js';
import * as ledger from './ledger/index.js';
import * as payments from './payments/index.js';

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

/** A row without the service of an event's reaction: the event's reader. */
type WrittenRow = Omit<SagaRow, 'on' | 'service'> &
  ({ readonly on: AnyContract } | { readonly on: SagaTrigger; readonly service: ServiceName });

const rows: readonly WrittenRow[] = [
  { saga: 'charge', on: 'POST /v1/charges', service: 'payments-api', emits: [payments.chargeRequested], kind: 'step' },
  {
    saga: 'charge',
    on: payments.chargeRequested,
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
    // Posted at once if the capture arrived before the approval and is in suspense.
    emits: [ledger.holdPlaced, ledger.chargeAuthorized, ledger.holdRefused, ledger.chargePosted],
    kind: 'step',
  },
  {
    saga: 'charge',
    on: ledger.holdPlaced,
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
    emits: [ledger.chargePosted, ledger.captureSuspended],
    kind: 'step',
  },

  // Compensations. A refused hold and a refused capture both take the closing slot for a void at the bank.
  {
    saga: 'charge',
    on: ledger.holdRefused,
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
    // Captured before its approval arrived: the money in suspense needs a compensation.
    emits: [ledger.chargeReleased, ledger.captureSuspended],
    kind: 'compensation',
    compensates: ledger.holdPlaced,
  },
  { saga: 'charge', on: ledger.chargePosted, emits: [], kind: 'ending' },
  { saga: 'charge', on: ledger.chargeReleased, emits: [], kind: 'ending' },
  { saga: 'charge', on: bank.authorizationDeclined, emits: [], kind: 'ending' },
  { saga: 'charge', on: bank.authorizationFailed, emits: [], kind: 'ending' },
  // A capture whose charge has ended: refunded at the bank, and out of suspense.
  {
    saga: 'charge',
    on: ledger.captureSuspended,
    emits: [],
    asksFor: 'bank answers refund',
    kind: 'compensation',
    compensates: bank.captureSucceeded,
  },
  {
    saga: 'charge',
    on: bank.captureCompensated,
    emits: [],
    kind: 'compensation',
    compensates: ledger.captureSuspended,
  },

  { saga: 'manual capture', on: ledger.chargeAuthorized, emits: [], kind: 'ending' },
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
    emits: [bank.cancellationRefused],
    asksFor: 'bank answers void',
    kind: 'compensation',
    compensates: bank.authorizationApproved,
  },
  { saga: 'cancellation', on: bank.cancellationRefused, emits: [], kind: 'ending' },

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
    emits: [ledger.refundReserved, ledger.refundRefused],
    kind: 'step',
  },
  {
    saga: 'refund',
    on: ledger.refundReserved,
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
  { saga: 'refund', on: bank.refundSucceeded, emits: [ledger.refundPosted], kind: 'step' },
  {
    saga: 'refund',
    on: bank.refundFailed,
    emits: [ledger.refundReleased],
    kind: 'compensation',
    compensates: ledger.refundReserved,
  },
  { saga: 'refund', on: ledger.refundPosted, emits: [], kind: 'ending' },
  { saga: 'refund', on: ledger.refundReleased, emits: [], kind: 'ending' },
  { saga: 'refund', on: ledger.refundRefused, emits: [], kind: 'ending' },

  {
    saga: 'reconciliation',
    on: 'a statement is due',
    service: 'bank-gateway',
    emits: [bank.statementPublished],
    kind: 'step',
  },
  { saga: 'reconciliation', on: bank.statementPublished, emits: [], kind: 'step' },
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
    emits: [],
    kind: 'compensation',
    compensates: ledger.differenceFound,
  },
];

/** All sagas as a table. No code runs from it: tests compare every service's handlers with it, and diagrams are drawn from it. */
export const sagaTable: readonly SagaRow[] = rows.map((row) =>
  'service' in row ? row : { ...row, service: row.on.reader },
);
