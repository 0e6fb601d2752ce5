export * from './hold-placed.js';
export * from './hold-refused.js';
export * from './charge-posted.js';
export * from './charge-released.js';
