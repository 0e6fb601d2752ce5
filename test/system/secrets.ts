import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { testCards } from '../../apps/payments-api/src/test-cards/test-card.js';
import type { SystemDatabase, SystemUnderTest } from './system.js';

const run = promisify(execFile);
const databases: readonly SystemDatabase[] = ['payments', 'bank_gateway', 'ledger'];

/**
 * Searches everything that the system has written for card numbers and API keys: logs, journals, topics, tables and
 * write-ahead log. Tables are searched by SQL too, because Postgres compresses long values.
 *
 * @returns the files and tables in which one was found
 */
export async function secretsLeft(system: SystemUnderTest): Promise<string[]> {
  return placesOf([...testCards.map(({ number }) => number), system.apiKeyMark, ...system.otherApiKeys], system);
}

/** @returns the files and tables in which one of the secrets was found */
export async function placesOf(secrets: readonly string[], system: SystemUnderTest): Promise<string[]> {
  const inFiles = await filesWith(secrets, system.dataDir);
  const inTables = await Promise.all(databases.map((database) => tablesWith(secrets, system, database)));
  return [...inFiles, ...inTables.flat()];
}

async function filesWith(secrets: readonly string[], folder: string): Promise<string[]> {
  const patterns = secrets.flatMap((secret) => ['-e', secret]);
  try {
    // Kafka's index files are large and hold offsets only.
    const args = ['-rlaF', '--exclude=*.index', '--exclude=*.timeindex', ...patterns, folder];
    const { stdout } = await run('grep', args, { maxBuffer: 2 ** 24 });
    return stdout.trim().split('\n');
  } catch (error) {
    // grep exits with 1 if it finds nothing, and with 2 if a file vanishes while it reads.
    if ((error as { code?: unknown }).code === 1) return [];
    throw error;
  }
}

async function tablesWith(
  secrets: readonly string[],
  system: SystemUnderTest,
  database: SystemDatabase,
): Promise<string[]> {
  const tables = await system.sql<{ name: string }>(
    database,
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await system.sql<{ found: boolean }>(
      database,
      `SELECT EXISTS (SELECT FROM ${name} AS whole_row, unnest($1::text[]) AS wanted (mark)
         WHERE position(wanted.mark IN whole_row::text) > 0) AS found`,
      [secrets],
    );
    if (row?.found) found.push(`${database}.${name}`);
  }
  return found;
}
