import type { Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Template } from '#memory-postgres';
import { SERVICE, withFrameTables, type ServiceOptions } from '#service';
import { AccountsModule } from '../../../../apps/payments-api/src/accounts/accounts.module.js';
import { migrated } from '../databases/migrated.js';
import { provisionedKeysSql } from '../databases/api-keys.js';
import { wiringOf, type Wiring } from './wiring.js';

/** A service as its root module defines it, for many starts. */
export interface SimulatedServiceDefinition {
  readonly options: ServiceOptions;
  readonly wiring: Wiring;
  /** Migrated, with its initial rows. */
  readonly database: Template;
  /** SQL that inserts rows which every world begins with. */
  readonly initialRowsSql: string | undefined;
}

export async function define(root: Type): Promise<SimulatedServiceDefinition> {
  const wiring = await wiringOf(root);
  // TypeORM reads the entities here once. In a world only the first process would take that time.
  await wiring.byToken.get(DataSource)?.make({});
  const options = wiring.makings.find(({ token }) => token === SERVICE)?.make() as ServiceOptions;
  const database = await migrated(withFrameTables(options.database).migrations);
  const initialRowsSql = wiring.modules.includes(AccountsModule) ? provisionedKeysSql : undefined;
  if (initialRowsSql !== undefined) database.execute(initialRowsSql);
  return { options, wiring, database, initialRowsSql };
}
