import { DataSource, type DataSourceOptions } from 'typeorm';
import { SnakeCaseNames } from './snake-case-names.js';

export type EntityClass = abstract new () => object;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** A DataSource that reads and writes these entities by the names that the migrations gave. It never changes a schema. */
export function entityDataSource(
  entities: readonly EntityClass[],
  options: Omit<PostgresOptions, 'type' | 'entities' | 'namingStrategy' | 'synchronize'> = {},
): DataSource {
  const source = new DataSource({
    type: 'postgres',
    installExtensions: false,
    ...options,
    entities: [...entities] as NonNullable<PostgresOptions['entities']> & unknown[],
    namingStrategy: new SnakeCaseNames(),
    synchronize: false,
  });
  source.driver.supportedDataTypes.push('xid8' as never);
  return source;
}
