import { Controller, Get, Param, Post } from '@nestjs/common';
import { AccountId, Params } from '../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../idempotency/key.js';
import { expandParameters, type ExpandParameters } from '../protocol/expand.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { PaymentMethodChanges } from './payment-method-changes.js';
import {
  attachParameters,
  detachParameters,
  methodChangeParameters,
  methodListParameters,
  methodsOfCustomerParameters,
  newMethodParameters,
  type AttachParameters,
  type MethodChangeParameters,
  type MethodListParameters,
  type NewMethodParameters,
} from './payment-method-parameters.js';
import { PaymentMethodReading } from './payment-method-reading.js';

@Controller('v1')
export class PaymentMethodsController {
  constructor(
    private readonly changes: PaymentMethodChanges,
    private readonly reading: PaymentMethodReading,
  ) {}

  @Post('payment_methods')
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(newMethodParameters) parameters: NewMethodParameters,
  ): Promise<KeyedAnswer> {
    return this.changes.create(claim, parameters);
  }

  @Post('payment_methods/:id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(methodChangeParameters) parameters: MethodChangeParameters,
  ): Promise<KeyedAnswer> {
    return this.changes.update(claim, id, parameters);
  }

  @Post('payment_methods/:id/attach')
  @Idempotent()
  attach(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(attachParameters) parameters: AttachParameters,
  ): Promise<KeyedAnswer> {
    return this.changes.attach(claim, id, parameters);
  }

  @Post('payment_methods/:id/detach')
  @Idempotent()
  detach(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(detachParameters) parameters: ExpandParameters,
  ): Promise<KeyedAnswer> {
    return this.changes.detach(claim, id, parameters);
  }

  @Get('payment_methods')
  list(@AccountId() account: string, @Params(methodListParameters) parameters: MethodListParameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get('payment_methods/:id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters('payment_method')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Get('customers/:customer/payment_methods')
  listOfCustomer(
    @AccountId() account: string,
    @Param('customer') customer: string,
    @Params(methodsOfCustomerParameters) parameters: MethodListParameters,
  ): Promise<object> {
    return this.reading.listOfCustomer(account, customer, parameters);
  }

  @Get('customers/:customer/payment_methods/:id')
  retrieveOfCustomer(
    @AccountId() account: string,
    @Param('customer') customer: string,
    @Param('id') id: string,
    @Params(expandParameters('payment_method')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieveOfCustomer(account, customer, id, parameters);
  }
}
