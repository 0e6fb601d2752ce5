export * from './payments-api.js';
export * from './bank-gateway.js';
export * from './leases.js';
export * from './ledger.js';
export * from './spans.js';
