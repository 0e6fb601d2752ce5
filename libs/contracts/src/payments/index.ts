export * from './charge-requested.js';
export * from './capture-requested.js';
export * from './cancellation-requested.js';
export * from './refund-requested.js';
