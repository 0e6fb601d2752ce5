import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import { CLOCK, LOGGER } from '../tokens.js';
import { FaultRules } from './fault-rules.js';

/** The banks' ports, which an outage closes. */
export const BANK_PORTS = Symbol('bank ports');

/** Sets and removes faults. A change is in force when its promise resolves. */
@Injectable()
export class FaultSwitchboard {
  constructor(
    private readonly rules: FaultRules,
    @Inject(BANK_PORTS) private readonly banks: { followRules(): Promise<void> },
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async add(rule: bankProtocol.FaultRule): Promise<bankProtocol.StandingFaultRule> {
    const standing = this.rules.add(rule);
    await this.banks.followRules();
    this.logger.info({ rule: standing }, 'fault set');
    if (rule.fault === 'outage' && rule.parameters.durationMs !== undefined) {
      this.clock.after(rule.parameters.durationMs, () => this.#end(standing.id), { unref: true });
    }
    return standing;
  }

  list(): bankProtocol.StandingFaultRule[] {
    return this.rules.list();
  }

  /** @returns whether there was such a rule */
  async remove(id: string): Promise<boolean> {
    const found = this.rules.remove(id);
    await this.banks.followRules();
    if (found) this.logger.info({ id }, 'fault lifted');
    return found;
  }

  async removeAll(): Promise<void> {
    this.rules.removeAll();
    await this.banks.followRules();
    this.logger.info('all faults lifted');
  }

  #end(id: string): void {
    this.remove(id).catch((error: unknown) => this.logger.error({ err: error, id }, 'an outage could not be ended'));
  }
}
