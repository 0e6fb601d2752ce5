export * from './clock.js';
export * from './system-clock.js';
export * from './backoff.js';
export * from './seeded-random.js';
export * from './sleep.js';
