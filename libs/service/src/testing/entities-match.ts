import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { SystemClock } from '#clock';
import { entityDataSource, migrate, statement } from '#postgres';
import { frameEntities, withFrameTables, type ServiceOptions } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { differencesBetween, schemaOf } from '../../../postgres/src/testing/schema-of.js';

/** Parts of the schema that TypeORM cannot express, each with the reason. An unneeded entry fails. */
export type Unmodelled = Readonly<Record<string, string>>;

const storage = 'TypeORM has no storage parameters';
const unmodelledInTheFrame: Unmodelled = {
  'storage of lease': storage,
  'storage of lease_contender': storage,
  'storage of outbox': storage,
  'storage of worker_id': storage,
};

/** Tests that a service's entities match its migrations. Needs a real Postgres. */
export function entitiesMatchMigrations(
  service: Pick<ServiceOptions, 'name' | 'entities' | 'database'>,
  unmodelledByTypeOrm: Unmodelled,
): void {
  describe(`the entities of ${service.name}`, () => {
    const entities = [...service.entities, ...frameEntities];
    let migrated: TestDatabase;
    let made: TestDatabase;
    let source: DataSource;

    beforeAll(async () => {
      migrated = await testDatabase(`${service.name} migrated`);
      made = await testDatabase(`${service.name} made of entities`);
      await migrate({
        url: migrated.url,
        database: migrated.name,
        migrations: withFrameTables(service.database).migrations,
        clock: new SystemClock(),
      });
      const maker = await sourceOf(made).initialize();
      await maker.synchronize();
      await maker.destroy();
      await tellTextOfGeneratedColumns(made, migrated);
      source = await sourceOf(migrated).initialize();
    }, 60_000);
    afterAll(async () => {
      await source?.destroy();
      await migrated?.drop();
      await made?.drop();
    });

    const sourceOf = ({ url, name }: TestDatabase): DataSource =>
      entityDataSource(entities, { url: Object.assign(new URL(url), { pathname: `/${name}` }).toString() });
    const wantedChanges = async (): Promise<string[]> =>
      (await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
    /** The differences while `change` is applied. */
    const seenOf = async (change: string, undo: string): Promise<{ wanted: number; parts: string[] }> => {
      const before = new Set(differencesBetween(await schemaOf(migrated.database), await schemaOf(made.database)));
      await migrated.database.query({ name: '', text: change });
      try {
        const parts = differencesBetween(await schemaOf(migrated.database), await schemaOf(made.database));
        return { wanted: (await wantedChanges()).length, parts: parts.filter((part) => !before.has(part)) };
      } finally {
        await migrated.database.query({ name: '', text: undo });
      }
    };

    it('are one per table', async () => {
      const tables = [...(await schemaOf(migrated.database)).keys()].filter((part) => part.startsWith('table '));
      expect(source.entityMetadatas.map(({ tableName }) => `table ${tableName}`).sort()).toEqual(tables.sort());
    });

    it('need no schema change by TypeORM', async () => {
      expect(await wantedChanges()).toEqual([]);
    });

    it('make the same schema as the migrations, except the parts that TypeORM cannot express', async () => {
      const [byMigrations, byEntities] = [await schemaOf(migrated.database), await schemaOf(made.database)];
      const expected = Object.keys({ ...unmodelledInTheFrame, ...unmodelledByTypeOrm }).sort();
      const differences = differencesBetween(byMigrations, byEntities);
      const detail = differences
        .filter((part) => !expected.includes(part))
        .map((part) => `${part}\n  migrations: ${byMigrations.get(part)}\n  entities:   ${byEntities.get(part)}`);
      expect(detail).toEqual([]);
      expect(differences).toEqual(expected);
    });

    it('would not pass with a column, a default, a check or an index that differs', async () => {
      expect(
        await seenOf('ALTER TABLE outbox ALTER value TYPE varchar(9)', 'ALTER TABLE outbox ALTER value TYPE text'),
      ).toMatchObject({ wanted: expect.any(Number), parts: ['column outbox.value'] });
      expect(await seenOf('ALTER TABLE outbox ADD extra int4', 'ALTER TABLE outbox DROP extra')).toEqual({
        wanted: 1,
        parts: ['column outbox.extra'],
      });
      expect(
        await seenOf(
          'ALTER TABLE parked_event ALTER attempts SET DEFAULT 1',
          'ALTER TABLE parked_event ALTER attempts SET DEFAULT 0',
        ),
      ).toEqual({ wanted: 1, parts: ['column parked_event.attempts'] });
      // TypeORM compares checks and indexes only by name, so these need the comparison of schemas.
      expect(
        await seenOf(
          `ALTER TABLE worker_id DROP CONSTRAINT worker_id_id_check,
             ADD CONSTRAINT worker_id_id_check CHECK (id BETWEEN 0 AND 9999)`,
          `ALTER TABLE worker_id DROP CONSTRAINT worker_id_id_check,
             ADD CONSTRAINT worker_id_id_check CHECK (id BETWEEN 0 AND 1023)`,
        ),
      ).toEqual({ wanted: 0, parts: ['constraint worker_id_id_check of worker_id'] });
      expect(
        await seenOf(
          'DROP INDEX parked_event_waiting; CREATE INDEX parked_event_waiting ON parked_event (key, position)',
          `DROP INDEX parked_event_waiting;
           CREATE INDEX parked_event_waiting ON parked_event (key, position) WHERE discarded_at IS NULL`,
        ),
      ).toEqual({ wanted: 0, parts: ['index parked_event_waiting'] });
      expect(await wantedChanges()).toEqual([]);
    });
  });
}

const metadataStatement = statement(
  'spec.typeorm_metadata',
  `SELECT to_regclass('typeorm_metadata') IS NOT NULL AS known`,
);
const readMetadataStatement = statement('spec.read_typeorm_metadata', 'SELECT * FROM typeorm_metadata');

/** TypeORM's schema builder reads expressions of generated columns from its own table: fill it from the entities. */
async function tellTextOfGeneratedColumns(from: TestDatabase, to: TestDatabase): Promise<void> {
  const [row] = await from.database.query<{ known: boolean }>(metadataStatement);
  if (!row!.known) return;
  await to.database.query({
    name: '',
    text: `CREATE TABLE typeorm_metadata (type text, database text, schema text, "table" text, name text, value text)`,
  });
  for (const { type, schema, table, name, value } of await from.database.query<Record<string, string>>(
    readMetadataStatement,
  )) {
    await to.database.query({ name: '', text: 'INSERT INTO typeorm_metadata VALUES ($1, $2, $3, $4, $5, $6)' }, [
      type,
      to.name,
      schema,
      table,
      name,
      value,
    ]);
  }
}
