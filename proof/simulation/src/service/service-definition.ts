import type { Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Template } from '#memory-postgres';
import { SERVICE, withFrameTables, type ServiceOptions } from '#service';
import { AccountsModule } from '../../../../apps/payments-api/src/accounts/accounts.module.js';
import { migrated } from '../databases/migrated.js';
import { provisionKeys } from '../databases/api-keys.js';
import { wiringOf, type Wiring } from './wiring.js';

/** A service as its root module defines it, for many starts. */
export interface SimulatedServiceDefinition {
  readonly options: ServiceOptions;
  readonly wiring: Wiring;
  readonly database: Template;
}

export async function define(root: Type): Promise<SimulatedServiceDefinition> {
  const wiring = await wiringOf(root);
  // TypeORM reads the entities here once. In a world only the first process would take that time.
  await wiring.byToken.get(DataSource)?.make({});
  const options = wiring.makings.find(({ token }) => token === SERVICE)?.make() as ServiceOptions;
  const database = await migrated(withFrameTables(options.database).migrations);
  if (wiring.modules.includes(AccountsModule)) provisionKeys(database);
  return { options, wiring, database };
}
