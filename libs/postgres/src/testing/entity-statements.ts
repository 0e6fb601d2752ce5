import type { DataSource } from 'typeorm';
import { entitiesOver, type EntityClass } from '../entities/entity-data-source.js';
import type { Sql } from '../transaction.js';

/** The texts that TypeORM writes for calls of repositories. Nothing runs them: each call finds no row. */
export async function entityStatements(
  entities: readonly EntityClass[],
  call: (tables: DataSource) => Promise<unknown>,
): Promise<string[]> {
  const texts: string[] = [];
  const query: Sql['query'] = ({ text }) => {
    texts.push(text);
    return Promise.resolve([]);
  };
  await call(await entitiesOver({ query }, entities));
  return texts;
}
