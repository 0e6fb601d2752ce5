import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { AuthorizationsModule } from './authorizations/authorizations.module.js';
import { Authorizations0001 } from './migrations/0001-authorizations.migration.js';
import { WaysBack0002 } from './migrations/0002-ways-back.migration.js';
import { Statements0003 } from './migrations/0003-statements.migration.js';
import { IsolatedOperations0004 } from './migrations/0004-isolated-operations.migration.js';
import { OperationsModule } from './operations/operations.module.js';
import { gatewaySettings } from './settings.js';
import { StatementsModule } from './statements/statements.module.js';

/** Every call to a bank: routing, breaker, retry, bulkhead, deadline, inquiry, reversal, statements. */
@Module({
  imports: [
    ServiceModule.forRoot({
      name: 'bank-gateway',
      database: 'bank_gateway',
      migrations: [Authorizations0001, WaysBack0002, Statements0003, IsolatedOperations0004],
      settings: gatewaySettings,
    }),
    AuthorizationsModule,
    OperationsModule,
    StatementsModule,
  ],
})
export class GatewayModule {}
