import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { AccountsModule } from './accounts/accounts.module.js';
import { BalanceModule } from './balance/balance.module.js';
import { ChargesModule } from './charges/charges.module.js';
import { databaseName } from './database-name.js';
import { migrations } from './migrations/migrations.js';
import { RefundsModule } from './refunds/refunds.module.js';
import { serviceName } from './service-name.js';
import { paymentsSettings } from './settings.js';
import { TestClocksModule } from './test-clocks/test-clocks.module.js';

@Module({
  imports: [
    ServiceModule.forRoot({
      name: serviceName,
      database: databaseName,
      migrations,
      settings: paymentsSettings,
    }),
    AccountsModule,
    ChargesModule,
    RefundsModule,
    TestClocksModule,
    BalanceModule,
  ],
})
export class PaymentsApiModule {}
