export * from './eventually.js';
export * from './fake-clock.js';
export * from './not-empty.js';
export { olderTransactionsEnded } from './older-transactions.js';
export * from './provisioned-database.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { faultsOfAnswer, faultsOfObject } from './stripe-answers/stripe-answer-check.js';
