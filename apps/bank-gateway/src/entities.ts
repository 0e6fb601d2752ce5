import type { EntityClass } from '#postgres';
import { AuthorizationEntity } from './authorizations/store/authorization.entity.js';
import { OperationEntity } from './authorizations/store/operation.entity.js';
import { StatementCursorEntity } from './statements/statement-cursor.entity.js';

/** One for each table of the gateway's own. */
export const entities: readonly EntityClass[] = [AuthorizationEntity, OperationEntity, StatementCursorEntity];
