export * from './authorization-approved.js';
export * from './authorization-declined.js';
export * from './authorization-failed.js';
export * from './capture-succeeded.js';
export * from './authorization-voided.js';
export * from './capture-failed.js';
