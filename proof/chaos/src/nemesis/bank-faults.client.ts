import { setTimeout as sleep } from 'node:timers/promises';
import type { bankProtocol } from '#contracts';
import type { EndFault } from './end-fault.js';

const PATIENCE_MS = 20_000;

/** Sets fault rules at the bank simulator, which may be down or frozen itself. A restart removes its rules. */
export class BankFaults {
  constructor(private readonly adminUrl: string) {}

  async set(rule: bankProtocol.FaultRuleInput): Promise<EndFault> {
    const response = await this.#ask('/faults', { method: 'POST', body: JSON.stringify(rule) });
    if (!response) return async () => undefined;
    if (!response.ok) throw new Error(`the fault was not set: ${await response.text()}`);
    const { id } = (await response.json()) as { id: string };
    return () => this.#remove(`/faults/${id}`);
  }

  async liftAll(): Promise<void> {
    await this.#remove('/faults');
  }

  async #remove(path: string): Promise<void> {
    const response = await this.#ask(path, { method: 'DELETE' });
    // 404: the simulator restarted meanwhile and has no rules.
    if (response && !response.ok && response.status !== 404)
      throw new Error(`the fault was not lifted: ${response.status} ${await response.text()}`);
  }

  /** Undefined if the simulator does not answer within `PATIENCE_MS`. */
  async #ask(path: string, init: RequestInit): Promise<Response | undefined> {
    const headers = init.body ? { 'content-type': 'application/json' } : undefined;
    for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs; await sleep(250)) {
      try {
        return await fetch(this.adminUrl + path, {
          ...init,
          ...(headers && { headers }),
          signal: AbortSignal.timeout(2_000),
        });
      } catch {
        continue;
      }
    }
    return undefined;
  }
}
