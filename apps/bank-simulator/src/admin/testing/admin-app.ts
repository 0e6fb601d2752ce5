import type { Provider, Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

/** Controllers of the admin port, without banks and journals: what they call is the test's. */
export async function openAdmin(controllers: Type[], providers: Provider[]): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({ controllers, providers }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
