import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { CustomerStoreModule } from '../customers/customer/customer-store.module.js';
import { ExpansionModule } from '../expansion/expansion.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { PaymentMethodChanges } from './payment-method-changes.js';
import { PaymentMethodReading } from './payment-method-reading.js';
import { PaymentMethodEntity } from './payment-method.entity.js';
import { PaymentMethodRepository } from './payment-method.repository.js';
import { PaymentMethodsController } from './payment-methods.controller.js';
import { PaymentMethods } from './payment-methods.js';

/** Stored cards, and what finds and makes them for the requests that pay with them. */
@Module({
  imports: [
    TypeOrmModule.forFeature([PaymentMethodEntity]),
    AccountsModule,
    AccountClocksModule,
    CustomerStoreModule,
    ExpansionModule,
    IdempotencyModule,
    ListsModule,
    TokensModule,
  ],
  controllers: [PaymentMethodsController],
  providers: [PaymentMethodRepository, PaymentMethods, PaymentMethodChanges, PaymentMethodReading],
  exports: [PaymentMethodRepository, PaymentMethods],
})
export class PaymentMethodsModule {}
