import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { statement } from '#postgres';
import { repositoryRoot } from '../../../../infra/local/repository.js';
import type { ChaosDatabases } from '../evidence/databases.js';
import type { EndFault } from './end-fault.js';

const refuse = (amountMinor: number) =>
  statement(
    `chaos_poison_${amountMinor}`,
    `ALTER TABLE hold DROP CONSTRAINT IF EXISTS chaos_poison,
       ADD CONSTRAINT chaos_poison CHECK (amount_minor IS DISTINCT FROM ${amountMinor}) NOT VALID`,
  );
const mend = statement('chaos_mend', 'ALTER TABLE hold DROP CONSTRAINT IF EXISTS chaos_poison');

/** An event that fails whatever is tried, until somebody mends the cause and replays it. */
export class Poison {
  constructor(
    private readonly databases: ChaosDatabases,
    private readonly databaseUrl: string,
    /** Makes a charge of that amount, and does not wait for its end. */
    private readonly charge: (amountMinor: number) => void,
  ) {}

  async spill(amountMinor: number): Promise<EndFault> {
    await this.databases.eventually('ledger', refuse(amountMinor));
    this.charge(amountMinor);
    return () => this.mend();
  }

  /** As an operator does it: the cause first, then `holdfast parked replay`. */
  async mend(): Promise<void> {
    await this.databases.eventually('ledger', mend);
    await promisify(execFile)(process.execPath, ['dist/cli/src/main.js', 'parked', 'replay', 'ledger', '--all'], {
      cwd: repositoryRoot,
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: this.databaseUrl },
    }).catch((error: { stderr?: string }) => {
      // Mended before it had come so far.
      if (!error.stderr?.includes('nothing of that is parked')) throw error;
    });
  }
}
