import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChargesModule } from '../charges/charges.module.js';
import { SettlementsModule } from '../charges/settlements.module.js';
import { CustomerStoreModule } from '../customers/customer/customer-store.module.js';
import { PaymentMethodsModule } from '../payment-methods/payment-methods.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { PaymentIntentsController } from './http/payment-intents.controller.js';
import { AuthenticationPageController } from './http/authentication-page.controller.js';
import { AuthenticationController } from './http/authentication.controller.js';
import { IntentReading } from './reading/intent-reading.js';
import { AuthenticationCompletion } from './requests/authentication-completion.js';
import { IntentCreation } from './requests/intent-creation.js';
import { IntentRequests } from './requests/intent-requests.js';
import { IntentPaymentMethods } from './requests/payment-methods.js';
import { PaymentIntentEntity } from './store/payment-intent.entity.js';

/** Payment intents. Each attempt to pay one is a charge. */
@Module({
  imports: [
    TypeOrmModule.forFeature([PaymentIntentEntity]),
    CustomerStoreModule,
    ListsModule,
    PaymentMethodsModule,
    SettlementsModule,
    ChargesModule,
  ],
  controllers: [PaymentIntentsController, AuthenticationController, AuthenticationPageController],
  providers: [AuthenticationCompletion, IntentCreation, IntentRequests, IntentReading, IntentPaymentMethods],
})
export class PaymentIntentsModule {}
