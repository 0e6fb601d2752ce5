import type { Sabotage } from '../sabotage.js';

const accounts = 'apps/payments-api/src/accounts/accounts.repository.ts';
const repository = 'apps/payments-api/src/accounts/api-key.repository.ts';

export const apiKeys: readonly Sabotage[] = [
  {
    name: 'entity-errors-unrecognized',
    says: 'a database that is away during the look-up of an API key is an error of its own kind, which the API does not know, so it answers that something went wrong on its side',
    breaks: ['A16'],
    edits: [
      {
        file: 'libs/postgres/src/entities/entity-data-source.ts',
        find: 'throw error instanceof QueryFailedError ? error.driverError : error;',
        replace: 'throw error instanceof QueryFailedError ? (error as Error) : error;',
      },
    ],
  },
  {
    name: 'revoked-key-opens',
    says: 'an API key that was revoked opens its account as before',
    breaks: ['A17'],
    edits: [
      {
        file: repository,
        find: 'where: { hash: Any(hashes), revokedAt: IsNull() },',
        replace: 'where: { hash: Any(hashes) },',
      },
    ],
  },
  {
    name: 'key-remembered-for-ever',
    says: 'an instance that has looked up an API key never does so again, so that a revoked one opens its account until a restart',
    breaks: ['A17'],
    edits: [
      { file: accounts, find: 'if (known && nowMs < known.untilMs) return', replace: 'if (known && nowMs > 0) return' },
    ],
  },
  {
    name: 'keys-looked-up-together-mixed-up',
    says: 'API keys that are looked up in one query all open the account of the first one',
    breaks: ['A17', 'A14'],
    edits: [
      {
        file: accounts,
        find: 'hashes.map((hash) => accounts.get(hash))',
        replace: 'hashes.map(() => accounts.get(hashes[0]!))',
      },
    ],
  },
  {
    name: 'any-key-opens-an-account',
    says: 'an API key that was never provisioned opens an account of its own, though keys are to be provisioned',
    breaks: ['A17'],
    edits: [
      {
        file: accounts,
        find: 'if (account === undefined) throw invalidApiKey(apiKey);',
        replace: 'if (account === undefined) return sandboxAccount(apiKey, this.hash);',
      },
    ],
  },
];
