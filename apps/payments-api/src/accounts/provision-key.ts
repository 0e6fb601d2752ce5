import { randomBytes } from 'node:crypto';
import { SystemClock } from '#clock';
import { Database, entitiesOver } from '#postgres';
import { readSettings } from '#service';
import { z } from 'zod';
import { databaseName } from '../database-name.js';
import { apiSecret, developmentSecret } from '../settings.js';
import { InvalidAccountName, provisionKey, revokeKey } from './accounts.repository.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { KeyedHash } from './keyed-hash.js';

const usage = 'usage: npm run payments:key -- <label> [account]   or   --revoke <sk_test_…>\n';

/**
 * `npm run payments:key -- "my shop"` makes a key for API_KEYS=strict and shows it this once; only its keyed
 * hash is kept. Needs the API's API_SECRET, and DATABASE_URL for another system than the one that npm start runs here.
 */
async function main([first, second]: string[]): Promise<string> {
  if (!first || (first === '--revoke' && !second)) return usage;
  const settings = readSettings(z.object({ API_SECRET: apiSecret, DATABASE_URL: z.url() }));
  const hash = new KeyedHash(settings.API_SECRET);
  const database = await Database.open({
    url: settings.DATABASE_URL,
    database: databaseName,
    openWithinMs: 3_000,
    clock: new SystemClock(),
  });
  try {
    const keys = new ApiKeyRepository((await entitiesOver(database, [ApiKeyEntity])).getRepository(ApiKeyEntity));
    if (first === '--revoke') return (await revokeKey(keys, hash, second!)) ? 'revoked\n' : 'no such key\n';
    const apiKey = `sk_test_${randomBytes(24).toString('hex')}`;
    const account = await provisionKey(keys, hash, { apiKey, label: first, ...(second && { account: second }) });
    if (settings.API_SECRET === developmentSecret) {
      process.stderr.write(
        'API_SECRET is not set: a key made with the published secret opens nothing in strict mode\n',
      );
    }
    return `${account}\n${apiKey}\n`;
  } finally {
    await database.close();
  }
}

try {
  process.stdout.write(await main(process.argv.slice(2)));
} catch (error) {
  const { message } = error as Error;
  process.stderr.write(`${error instanceof InvalidAccountName ? message : `no key was provisioned: ${message}`}
`);
  process.exitCode = 1;
}
