import type { EntityClass } from '#postgres';
import { AuthorizationEntity } from './authorizations/authorization.entity.js';
import { OperationEntity } from './operations/operation.entity.js';
import { StatementCursorEntity } from './statements/statement-cursor.entity.js';

/** One for each table of the gateway's own. */
export const entities: readonly EntityClass[] = [AuthorizationEntity, OperationEntity, StatementCursorEntity];
