import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { apiModules } from './api-modules.js';
import { entities } from './entities.js';
import { paymentsDatabase } from './payments-database.js';
import { serviceName } from './service-name.js';
import { paymentsConfig } from './settings.js';

@Module({
  imports: [
    ServiceModule.forRoot({
      name: serviceName,
      database: paymentsDatabase,
      entities,
      settings: paymentsConfig,
    }),
    ...apiModules,
  ],
})
export class PaymentsApiModule {}
