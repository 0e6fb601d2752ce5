export * from './transaction.js';
export * from './statement.js';
export * from './database.js';
export * from './group-commit.js';
export * from './migrate.js';
export { CommitUnknownError, isTransientError } from './transient.js';
export { assertIndexProbes, explain, type IndexProbeCheck } from './query-plan.js';
export { sessionConfig } from './session.js';
