export * from './currencies.js';
export * from './fee.js';
export * from './format.js';
export * from './money.js';
