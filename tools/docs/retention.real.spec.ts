import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { migrate, statement, type MigrateOptions } from '#postgres';
import { frameMigrations } from '#service';
import { testDatabase } from '#testing';
import { retentionMsOf } from '../../infra/kafka/topics.js';
import { repositoryRoot } from '../../infra/local/repository.js';

type Migrations = MigrateOptions['migrations'];

const page = readFileSync(join(repositoryRoot, 'docs', 'retention.md'), 'utf8');
const tablesStatement = statement(
  'retention.tables',
  `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
);

/** Names in the first column of a section's table. */
function namedUnder(heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading));
  const cells = [...(section ?? '').matchAll(/^\| (`.+?) \|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => [...cell.matchAll(/`(.+?)`/g)].map(([, name]) => name!));
}

async function migrationsOf(service: string): Promise<Migrations> {
  const folder = join(repositoryRoot, 'apps', service, 'src', 'migrations');
  const files = readdirSync(folder).filter((file) => file.endsWith('.migration.ts'));
  const modules = await Promise.all(files.map((file) => import(join(folder, file)) as Promise<object>));
  const classes = modules.flatMap((module) => Object.values(module) as unknown[]);
  return classes.filter((each): each is Migrations[number] => typeof each === 'function' && 'up' in each.prototype);
}

describe('docs/retention.md', () => {
  it.each(['payments-api', 'bank-gateway', 'ledger'])('names exactly the tables of %s', async (service) => {
    const test = await testDatabase(`retention_${service}`);
    try {
      const migrations = [...(await migrationsOf(service)), ...frameMigrations];
      await migrate({ url: test.url, database: test.name, migrations, clock: new SystemClock() });
      const tables = (await test.database.query<{ name: string }>(tablesStatement)).map(({ name }) => name);
      const named = [...namedUnder('In every service'), ...namedUnder(service)];
      // A new table needs a row in docs/retention.md: how long rows are kept, and which job deletes them.
      expect({ notNamed: tables.filter((name) => !named.includes(name)) }).toEqual({ notNamed: [] });
      expect({ namedInVain: named.filter((name) => !tables.includes(name)) }).toEqual({ namedInVain: [] });
    } finally {
      await test.drop();
    }
  });

  it('names every topic with its retention', () => {
    const rows = [...page.matchAll(/^\| (`\w[^|]*\.(?:events|dlq)[^|]*`) \| (\d+) days/gm)];
    const named = rows.flatMap(([, cell, days]) =>
      [...cell!.matchAll(/`(.+?)`/g)].map(([, topic]) => [topic, Number(days) * 86_400_000]),
    );
    expect(Object.fromEntries(named)).toEqual(retentionMsOf);
  });
});
