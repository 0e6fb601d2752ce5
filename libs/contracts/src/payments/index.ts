export * from './charge-requested.js';
