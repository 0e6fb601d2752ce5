import type { ObjectLiteral, Repository } from 'typeorm';
import type { Sql } from '../transaction.js';
import { connectionOver } from './sql-driver.js';

/**
 * The repository inside a transaction of ours: its statements commit with everything else there. TypeORM takes that
 * transaction for one of its own, so it locks rows, and opens none for `save`.
 */
export function repositoryIn<Entity extends ObjectLiteral>(
  tx: Sql,
  repository: Repository<Entity>,
): Repository<Entity> {
  const { dataSource } = repository.manager;
  const runner = Object.assign(dataSource.createQueryRunner(), {
    databaseConnection: connectionOver(tx),
    isTransactionActive: true,
  });
  return dataSource.createEntityManager(runner).getRepository<Entity>(repository.target);
}
