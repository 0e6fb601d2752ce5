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

/** A poison event: every retry fails until an operator repairs the cause and replays it. */
export class Poison {
  constructor(
    private readonly databases: ChaosDatabases,
    private readonly databaseUrl: string,
    /** Starts a charge of that amount without waiting for its answer. */
    private readonly charge: (amountMinor: number) => void,
  ) {}

  async spill(amountMinor: number): Promise<EndFault> {
    await this.databases.eventually('ledger', refuse(amountMinor));
    this.charge(amountMinor);
    return () => this.mend();
  }

  /** Repairs as an operator does: the cause first, then `holdfast parked replay`. */
  async mend(): Promise<void> {
    await this.databases.eventually('ledger', mend);
    await promisify(execFile)(process.execPath, ['dist/cli/src/main.js', 'parked', 'replay', 'ledger', '--all'], {
      cwd: repositoryRoot,
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: this.databaseUrl },
    }).catch((error: { stderr?: string }) => {
      // The cause was repaired before the event was parked.
      if (!error.stderr?.includes('nothing of that is parked')) throw error;
    });
  }
}
