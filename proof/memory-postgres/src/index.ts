export * from './server.js';
export { DataError, type SqlValue } from './sql-type.js';
export { NotSupported } from './syntax.js';
export type { StoredRow as Written, Storage } from './storage.js';
