export * as bank from './bank/index.js';
export * as bankProtocol from './bank-protocol/index.js';
export * as ledger from './ledger/index.js';
export * as payments from './payments/index.js';
export * as views from './views/index.js';
export * from './event.js';
export * from './events.js';
export { newAccount } from './fields.js';
export type { CancellationCause, Card, HoldRefusal, Movement, RefundRefusal, ReleaseCause } from './fields.js';
