import { Authorizations0001 } from './0001-authorizations.migration.js';
import { WaysBack0002 } from './0002-ways-back.migration.js';
import { Statements0003 } from './0003-statements.migration.js';
import { IsolatedOperations0004 } from './0004-isolated-operations.migration.js';

/** In order of execution. */
export const migrations = [Authorizations0001, WaysBack0002, Statements0003, IsolatedOperations0004];
