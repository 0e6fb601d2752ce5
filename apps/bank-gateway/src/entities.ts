import type { EntityClass } from '#postgres';
import { AuthorizationEntity } from './authorizations/store/authorization.entity.js';
import { OperationEntity } from './authorizations/store/operation.entity.js';
import { StatementCursorEntity } from './statements/statement-cursor.entity.js';

/** One entity per table of the gateway. */
export const entities: readonly EntityClass[] = [AuthorizationEntity, OperationEntity, StatementCursorEntity];
