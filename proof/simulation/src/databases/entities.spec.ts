import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Server, type Template } from '#memory-postgres';
import { entitiesOver, type Sql } from '#postgres';
import { frameEntities } from '#service';
import { notEmpty } from '#testing';
import { ApiKeyEntity } from '../../../../apps/payments-api/src/accounts/api-key.entity.js';
import { ApiKeyRepository } from '../../../../apps/payments-api/src/accounts/api-key.repository.js';
import { define } from '../service/service-definition.js';
import { roots } from '../service/roots.js';
import { directSession } from './direct-session.js';

const sessionOf = (template: Template): Sql =>
  directSession(
    new Server(template.storage(), { now: () => 1_000, soon: (work) => work(), after: () => ({ cancel() {} }) }),
  );

describe.each(roots.map((root) => [root.name, root] as const))('the entities of %s', (_, root) => {
  it('can each be read from the Postgres in memory by TypeORM', async () => {
    const { options, database } = await define(root);
    const source: DataSource = await entitiesOver(sessionOf(database), [...options.entities, ...frameEntities]);
    for (const { target, primaryColumns } of notEmpty(source.entityMetadatas)) {
      const repository = source.getRepository(target);
      const order = Object.fromEntries(primaryColumns.map(({ propertyName }) => [propertyName, 'ASC' as const]));
      const rows = await repository.find({ order, take: 3 });
      expect(rows.length).toBeLessThanOrEqual(3);
    }
  });
});

describe('the repository of API keys, over the Postgres in memory', () => {
  it('provisions a key once, finds it, and revokes it once', async () => {
    const { database } = await define(roots[0]);
    const source = await entitiesOver(sessionOf(database), [ApiKeyEntity]);
    const keys = new ApiKeyRepository(source.getRepository(ApiKeyEntity));
    await keys.provision({ hash: 'h1', account: 'acct_1', label: 'shop' });
    await keys.provision({ hash: 'h1', account: 'acct_2', label: 'other' });
    expect(await keys.accountsOf(['h1', 'h2'])).toEqual(new Map([['h1', 'acct_1']]));
    expect(await source.getRepository(ApiKeyEntity).findOneBy({ hash: 'h1' })).toEqual({
      hash: 'h1',
      account: 'acct_1',
      label: 'shop',
      createdAt: 1_000,
      revokedAt: null,
    });
    expect(await keys.revoke('h1')).toBe(true);
    expect(await keys.revoke('h1')).toBe(false);
    expect(await keys.accountsOf(['h1', 'h2'])).toEqual(new Map());
  });
});
