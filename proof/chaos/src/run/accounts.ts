import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../../../infra/local/repository.js';
import type { ProvisionedAccount } from '../workload/workload.js';

const AT_ONCE = 3;

/** Settings of the API with strict keys: a key opens the account that it was created for, and any other is rejected. */
export const strictKeys = { API_KEYS: 'strict', API_SECRET: 'a secret of this chaos run alone' };

/** Creates a key for each account with the command behind `holdfast key`, so that tests know each request's account. */
export async function provisionAccounts(databaseUrl: string, count: number): Promise<ProvisionedAccount[]> {
  const left = Array.from({ length: count }, (_, n) => `acct_chaos${n}`);
  const provisioned = new Map<string, string>();
  const provision = async (): Promise<void> => {
    for (let account = left.shift(); account; account = left.shift()) {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['dist/apps/payments-api/src/accounts/provision-key.js', 'chaos', account],
        { cwd: repositoryRoot, env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: databaseUrl, ...strictKeys } },
      );
      provisioned.set(account, stdout.trim().split('\n').at(-1)!);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, provision));
  return Array.from({ length: count }, (_, n) => {
    const account = `acct_chaos${n}`;
    return { account, apiKey: provisioned.get(account)! };
  });
}
