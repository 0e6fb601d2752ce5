export * from './banks.js';
export * from './instruments.js';
export * from './requests.js';
export * from './answers.js';
export * from './wire.js';
export * from './faults.js';
export * from './fault-token.js';
export * from './journal.js';
