import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { apiModules } from './api-modules.js';
import { databaseName } from './database-name.js';
import { entities } from './entities.js';
import { migrations } from './migrations/migrations.js';
import { serviceName } from './service-name.js';
import { paymentsConfig } from './settings.js';

@Module({
  imports: [
    ServiceModule.forRoot({
      name: serviceName,
      database: databaseName,
      migrations,
      entities,
      settings: paymentsConfig,
    }),
    ...apiModules,
  ],
})
export class PaymentsApiModule {}
