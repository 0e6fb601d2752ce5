import * as bank from './bank/index.js';
import type { EventContract } from './event.js';
import * as ledger from './ledger/index.js';
import * as payments from './payments/index.js';

export type Service = 'payments-api' | 'bank-gateway' | 'ledger';

/** What sets a step in motion when it is not an event: a request at the API, or a bank's answer. */
export type Trigger = 'POST /v1/charges' | BankAnswer;
export type BankAnswer = `bank answers ${'authorize' | 'capture' | 'void'}`;

// oxlint-disable-next-line typescript/no-explicit-any -- the table names contracts, it never makes events
type AnyContract = EventContract<any>;

export interface SagaRow {
  readonly on: AnyContract | Trigger;
  readonly service: Service;
  /** Everything that this reaction may append; one of them at a time. */
  readonly emits: readonly AnyContract[];
  /** What a bank may be asked for because of it. The answer is a row of its own. */
  readonly asksFor?: BankAnswer;
  readonly kind: 'step' | 'compensation' | 'ending';
  /** The event whose effect this undoes. */
  readonly compensates?: AnyContract;
}

/**
 * The saga of a charge as a whole. No code runs from it: each service reacts to events and knows no more. Tests
 * hold every service's wiring against these rows, and the diagrams in the documentation are drawn from them.
 */
export const sagaTable: readonly SagaRow[] = [
  { on: 'POST /v1/charges', service: 'payments-api', emits: [payments.chargeRequested], kind: 'step' },

  {
    on: payments.chargeRequested,
    service: 'bank-gateway',
    emits: [bank.authorizationFailed],
    asksFor: 'bank answers authorize',
    kind: 'step',
  },
  {
    on: 'bank answers authorize',
    service: 'bank-gateway',
    emits: [bank.authorizationApproved, bank.authorizationDeclined, bank.authorizationFailed],
    kind: 'step',
  },

  {
    on: bank.authorizationApproved,
    service: 'ledger',
    // Posted at once when the capture was seen before the approval: it waits in suspense until then.
    emits: [ledger.holdPlaced, ledger.holdRefused, ledger.chargePosted],
    kind: 'step',
  },
  { on: ledger.holdPlaced, service: 'bank-gateway', emits: [], asksFor: 'bank answers capture', kind: 'step' },
  {
    on: 'bank answers capture',
    service: 'bank-gateway',
    emits: [bank.captureSucceeded, bank.captureFailed],
    asksFor: 'bank answers void',
    kind: 'step',
  },
  { on: bank.captureSucceeded, service: 'ledger', emits: [ledger.chargePosted], kind: 'step' },

  // The ways back. A refused hold and a refused capture both take the closing slot for a void at the bank.
  {
    on: ledger.holdRefused,
    service: 'bank-gateway',
    emits: [],
    asksFor: 'bank answers void',
    kind: 'compensation',
    compensates: bank.authorizationApproved,
  },
  {
    on: 'bank answers void',
    service: 'bank-gateway',
    emits: [bank.authorizationVoided],
    kind: 'compensation',
    compensates: bank.authorizationApproved,
  },
  {
    on: bank.authorizationVoided,
    service: 'ledger',
    emits: [ledger.chargeReleased],
    kind: 'compensation',
    compensates: ledger.holdPlaced,
  },

  { on: ledger.chargePosted, service: 'payments-api', emits: [], kind: 'ending' },
  { on: ledger.chargeReleased, service: 'payments-api', emits: [], kind: 'ending' },
  { on: bank.authorizationDeclined, service: 'payments-api', emits: [], kind: 'ending' },
  { on: bank.authorizationFailed, service: 'payments-api', emits: [], kind: 'ending' },
];
