import { DataSource, QueryFailedError, type DataSourceOptions, type QueryRunner } from 'typeorm';
import type { Sql } from '../transaction.js';
import { SnakeCaseNames } from './snake-case-names.js';
import { sqlDriver } from './sql-driver.js';

export type EntityClass = abstract new () => object;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** A DataSource for these entities, with the names of the migrations. It never changes a schema. */
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

/** TypeORM's metadata by list of entities. Building it takes as long as a hundred queries. */
const metadata = new WeakMap<readonly EntityClass[], Promise<DataSource>>();

/**
 * An initialized DataSource over the connections of `sql`. It opens no connection and sends no statement. Data sources
 * with the same list share TypeORM's metadata.
 */
export async function entitiesOver(sql: Sql, entities: readonly EntityClass[]): Promise<DataSource> {
  let known = metadata.get(entities);
  if (!known) metadata.set(entities, (known = readMetadata(entities)));
  const shared = await known;
  const driver: object = Object.assign(Object.create(shared.driver) as object, {
    master: new (sqlDriver(sql).Pool)(),
    connectedQueryRunners: [],
  });
  const source = Object.assign(Object.create(shared) as DataSource, { driver });
  Object.assign(driver, { dataSource: source });
  const createQueryRunner: DataSource['createQueryRunner'] = (mode) =>
    rejectingWithDriverErrors(shared.createQueryRunner.call(source, mode));
  return Object.assign(source, { createQueryRunner, manager: source.createEntityManager() });
}

/**
 * Rejects with the driver's error: TypeORM's QueryFailedError would hide transient errors from `isTransientError`, and
 * would put parameters into logs.
 */
function rejectingWithDriverErrors(runner: QueryRunner): QueryRunner {
  const query = runner.query.bind(runner) as (...args: Parameters<QueryRunner['query']>) => Promise<unknown>;
  return Object.assign(runner, {
    query: async (...args: Parameters<QueryRunner['query']>) => {
      try {
        return await query(...args);
      } catch (error) {
        throw error instanceof QueryFailedError ? error.driverError : error;
      }
    },
  });
}

function readMetadata(entities: readonly EntityClass[]): Promise<DataSource> {
  const source = entityDataSource(entities, { driver: sqlDriver(noServer), logging: false });
  // TypeORM would query the server for unset values.
  Object.assign(source.driver, { version: '18', database: 'service', searchSchema: 'public' });
  return source.initialize();
}

const noServer: Sql = { query: () => Promise.reject(new Error('the shared metadata has no database')) };
