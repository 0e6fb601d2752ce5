import { Controller, Delete, Get, Module, Post, SetMetadata, type Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { PaymentsApiModule } from '../../apps/payments-api/src/payments-api.module.js';
import { IDEMPOTENT, Idempotent } from '../../apps/payments-api/src/idempotency/idempotent.decorator.js';
import { moduleTree } from '../../libs/service/src/testing/module-tree.js';
import { changingRoutesOf } from './idempotent-routes.js';

@Controller('v1/customers')
class ForgetfulController {
  @Post()
  create(): void {}

  @Post(':id')
  @SetMetadata(IDEMPOTENT, 'key')
  withoutItsGuard(): void {}

  @Post(':id/merge')
  @Idempotent({ by: 'definition' })
  post(): void {}

  @Delete(':id')
  delete(): void {}

  @Get(':id')
  retrieve(): void {}
}

@Controller('v1/sources')
class CarefulController {
  @Post()
  @Idempotent()
  create(): void {}

  @Delete(':id')
  @Idempotent({ by: 'definition' })
  delete(): void {}
}

@Controller('health')
class OtherController {
  @Post()
  create(): void {}
}

@Module({ controllers: [ForgetfulController, OtherController] })
class InnerModule {}

@Module({ imports: [{ module: InnerModule, controllers: [CarefulController] }] })
class OuterModule {}

describe('a POST or DELETE below /v1', () => {
  const changing = async (root: Type) =>
    changingRoutesOf((await moduleTree(root)).flatMap(({ controllers }) => controllers));
  const undeclared = async (root: Type) =>
    (await changing(root)).filter(({ declared }) => !declared).map(({ route }) => route);

  it('declares its idempotency, in every controller of the service', async () => {
    const routes = (await changing(PaymentsApiModule)).map(({ route }) => route);
    expect(routes).toEqual(expect.arrayContaining(['POST v1/charges', 'POST v1/refunds/:id/cancel']));
    expect(routes.length).toBeGreaterThanOrEqual(9);
    expect(await undeclared(PaymentsApiModule)).toEqual([]);
  });

  it('without a declaration is reported, however deep its module is imported', async () => {
    expect(await undeclared(OuterModule)).toEqual([
      'POST v1/customers',
      'POST v1/customers/:id',
      'POST v1/customers/:id/merge',
      'DELETE v1/customers/:id',
    ]);
  });
});
