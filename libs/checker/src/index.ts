export * from './bank-calls.js';
export type { JournalLine } from './bank-request.js';
export * from './evidence.js';
export * from './evidence.client.js';
export type * from './history.js';
export * from './invariants.js';
export * from './sometimes.js';
