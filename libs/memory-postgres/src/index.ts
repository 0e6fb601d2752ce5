export * from './server.js';
export { DataError, type Value } from './sql-type.js';
export { NotSupported } from './syntax.js';
export type { Row as Written, Storage } from './storage.js';
