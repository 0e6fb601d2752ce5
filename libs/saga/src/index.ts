export * from './batch.js';
export * from './commands.js';
export * from './inbox.repository.js';
export * from './step.js';
export * from './step-consumer.js';
export * from './store.js';
export * from './sweeper.js';
