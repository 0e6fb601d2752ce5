export * from './eventually.js';
export * from './fake-clock.js';
export * from './not-empty.js';
export * from './test-database.js';
