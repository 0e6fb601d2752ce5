import { Module } from '@nestjs/common';
import { ExpansionModule } from '../expansion/expansion.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { PaymentMethodsModule } from '../payment-methods/payment-methods.module.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { CustomerChanges } from './customer-changes.js';
import { CustomerReading } from './customer-reading.js';
import { CustomerShown } from './customer-shown.js';
import { CustomerSources } from './customer-sources.js';
import { CustomerSourcesController } from './customer-sources.controller.js';
import { CustomerStoreModule } from './customer/customer-store.module.js';
import { CustomersController } from './customers.controller.js';

/** Whom an account charges, and the cards under them. */
@Module({
  imports: [
    AccountClocksModule,
    CustomerStoreModule,
    ExpansionModule,
    IdempotencyModule,
    ListsModule,
    PaymentMethodsModule,
  ],
  controllers: [CustomersController, CustomerSourcesController],
  providers: [CustomerChanges, CustomerReading, CustomerShown, CustomerSources],
})
export class CustomersModule {}
