import { randomBytes } from 'node:crypto';
import { SystemClock } from '#clock';
import { Database, entitiesOver } from '#postgres';
import { readSettings } from '#service';
import { z } from 'zod';
import { paymentsDatabase } from '../payments-database.js';
import { apiSecret, developmentSecret } from '../settings.js';
import { InvalidAccountName, provisionKey, revokeKey } from './accounts.repository.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { KeyedHash } from './keyed-hash.js';

const usage = `holdfast key <label> [<account>]        makes a key, and shows it this once; without an account, of a new one
holdfast key --revoke <sk_test_…>       revokes one; API instances forget it within five seconds

  holdfast key 'my shop'

For an API that runs with API_KEYS=strict. Only the key's keyed hash is stored: set API_SECRET as it is set for the API.
DATABASE_URL names another system than the one that runs here.
`;

class WrongUse extends Error {}

/** `holdfast key`: prints the account of the new key, or the result of a revocation. */
async function main(words: readonly string[]): Promise<string> {
  const [first, second] = words;
  if (words.includes('--help') || words.includes('-h')) return usage;
  if (!first) throw new WrongUse("Name the key: holdfast key 'my shop'. See holdfast key --help.");
  if (first === '--revoke' && !second) throw new WrongUse('Name the key to revoke: holdfast key --revoke sk_test_….');
  if (first.startsWith('-') && first !== '--revoke')
    throw new WrongUse(`There is no option ${first}. See holdfast key --help.`);
  const settings = readSettings(z.object({ API_SECRET: apiSecret, DATABASE_URL: z.url() }));
  const hash = new KeyedHash(settings.API_SECRET);
  const database = await Database.open({
    url: settings.DATABASE_URL,
    database: paymentsDatabase.name,
    openWithinMs: 3_000,
    clock: new SystemClock(),
  });
  try {
    const keys = new ApiKeyRepository((await entitiesOver(database, [ApiKeyEntity])).getRepository(ApiKeyEntity));
    if (first === '--revoke') {
      if (await revokeKey(keys, hash, second!)) return 'revoked\n';
      process.exitCode = 1;
      return 'no such key\n';
    }
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
  const isTold = error instanceof WrongUse || error instanceof InvalidAccountName;
  process.stderr.write(`${isTold ? message : `no key was provisioned: ${message}`}\n`);
  process.exitCode = 2;
}
