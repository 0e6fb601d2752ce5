import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { AccountsModule } from './accounts/accounts.module.js';
import { ChargesModule } from './charges/charges.module.js';
import { databaseName } from './database-name.js';
import { Payments1700000000001 } from './migrations/0001-payments.migration.js';
import { serviceName } from './service-name.js';
import { paymentsSettings } from './settings.js';

@Module({
  imports: [
    ServiceModule.forRoot({
      name: serviceName,
      database: databaseName,
      migrations: [Payments1700000000001],
      settings: paymentsSettings,
    }),
    AccountsModule,
    ChargesModule,
  ],
})
export class PaymentsApiModule {}
