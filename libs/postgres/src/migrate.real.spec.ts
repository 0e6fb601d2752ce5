import assert from 'node:assert/strict';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SystemClock } from '#clock';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { statement } from './statement.js';

class First1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE witness (migration text)');
    await runner.query(`INSERT INTO witness VALUES ('first')`);
  }
  async down(): Promise<void> {}
}

class Second1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`INSERT INTO witness VALUES ('second')`);
  }
  async down(): Promise<void> {}
}

class Broken1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`INSERT INTO witness VALUES ('broken')`);
    await runner.query('SELECT 1 / 0');
  }
  async down(): Promise<void> {}
}

const url = process.env['TEST_DATABASE_URL']!;
const clock = new SystemClock();
const database = `test_migrate_${process.pid}`;
const witnesses = statement('spec.witnesses', 'SELECT migration FROM witness');

async function witnessed(): Promise<unknown[]> {
  const opened = await Database.open({ url, database, clock });
  const rows = await opened.query<{ migration: string }>(witnesses);
  await opened.close();
  return rows.map(({ migration }) => migration);
}

describe('migrate', () => {
  afterEach(async () => {
    assert(url);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await client.end();
  });

  it('creates a missing database and runs every migration once when four instances start at once', async () => {
    const migrations = [First1700000000001, Second1700000000002];
    await Promise.all([1, 2, 3, 4].map(() => migrate({ url, database, migrations, clock })));
    expect(await witnessed()).toEqual(['first', 'second']);
  });

  it('migrates an older database', async () => {
    await migrate({ url, database, migrations: [First1700000000001], clock });
    await migrate({ url, database, migrations: [First1700000000001, Second1700000000002], clock });
    expect(await witnessed()).toEqual(['first', 'second']);
  });

  it('rolls back a failed migration, and retries it at the next start', async () => {
    const migrations = [First1700000000001, Broken1700000000003];
    await expect(migrate({ url, database, migrations, clock })).rejects.toThrow('division by zero');
    expect(await witnessed()).toEqual(['first']);
    await migrate({ url, database, migrations: [First1700000000001, Second1700000000002], clock });
    expect(await witnessed()).toEqual(['first', 'second']);
  });
});
