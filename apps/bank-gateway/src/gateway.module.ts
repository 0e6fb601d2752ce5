import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { AuthorizationsModule } from './authorizations/authorizations.module.js';
import { entities } from './entities.js';
import { gatewayDatabase } from './gateway-database.js';
import { OperationsModule } from './operations/operations.module.js';
import { gatewayConfig } from './settings.js';
import { StatementsModule } from './statements/statements.module.js';

/** All calls to banks: routing, authorizations, operations, statements. */
@Module({
  imports: [
    ServiceModule.forRoot({
      name: 'bank-gateway',
      database: gatewayDatabase,
      entities,
      settings: gatewayConfig,
    }),
    AuthorizationsModule,
    OperationsModule,
    StatementsModule,
  ],
})
export class GatewayModule {}
