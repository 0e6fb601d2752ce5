import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '#postgres';
import type { Control } from '../../../../infra/local/runtime.js';
import type { ChaosDatabases } from '../evidence/databases.js';
import type { StrikePoint } from '../schedule/fault.js';
import type { BankFaults } from './bank-faults.client.js';

/** Longest wait for a call in flight. There may be no traffic; then the fault is injected without one. */
const PATIENCE_MS = 10_000;
/** Time with Kafka frozen after which a service has a publication in flight. */
const STANDSTILL_MS = 1_200;

const begun = statement(
  'chaos_begun',
  `SELECT 1 FROM bank_operation
   WHERE holder = ANY ($1) AND phase <> 'ended' AND attempts->-1->>'outcome' = 'begun' LIMIT 1`,
);

/** Injects a fault in the middle of a bank call or of a publication. */
export class Moments {
  constructor(
    private readonly control: Control,
    private readonly bankFaults: BankFaults,
    private readonly databases: ChaosDatabases,
  ) {}

  async strike(
    moment: StrikePoint | undefined,
    processes: readonly string[],
    blow: () => Promise<void>,
  ): Promise<void> {
    switch (moment?.amid) {
      case undefined:
        return blow();
      case 'call':
        return this.#amidCall(processes, blow);
      case 'publishing':
        return this.#amidPublishing(blow);
    }
  }

  /** Lets every bank hang, since the breaker of a single one might be open. */
  async #amidCall(processes: readonly string[], blow: () => Promise<void>): Promise<void> {
    const answerAgain = await this.bankFaults.set({ fault: 'hang' });
    try {
      for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs; await sleep(50)) {
        const found = await this.databases.query('bank_gateway', begun, [processes]).catch(() => []);
        if (found.length > 0) break;
      }
      await blow();
    } finally {
      await answerAgain();
    }
  }

  async #amidPublishing(blow: () => Promise<void>): Promise<void> {
    await this.control.freeze('kafka');
    try {
      await sleep(STANDSTILL_MS);
      await blow();
    } finally {
      await this.control.thaw('kafka');
    }
  }
}
