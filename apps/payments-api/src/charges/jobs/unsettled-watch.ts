import type { Clock } from '#clock';
import type { Database } from '#postgres';
import type { Job } from '#service';
import { stillUnsettled, unsettledCharges } from '../store/charge-rows.repository.js';
import { WITH_FAULT, type UnsettledCharges } from '../../admission/unsettled-charges.js';

const EVERY_MS = 2_000;
/** Most charges have settled by this age, and this process was told. */
const AGE_MS = 4_000;
const MOST_IDS_AT_ONCE = 2_000;

/**
 * Corrects admission's count of unsettled charges: at the start it counts those in the table, and then it
 * queries for charges that another instance settled.
 */
export class UnsettledWatch {
  constructor(
    private readonly database: Database,
    private readonly unsettled: UnsettledCharges,
    private readonly clock: Clock,
    private readonly seedMax: number,
  ) {}

  readonly check: Job = { name: 'unsettled-watch', everyMs: EVERY_MS, run: () => this.checkAll() };

  async start(): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    for (const { id, account, network, fault } of await unsettledCharges(this.database, this.seedMax)) {
      this.unsettled.opened(id, account, fault === null ? network : WITH_FAULT, nowMs);
    }
  }

  private async checkAll(): Promise<void> {
    const ids = this.unsettled.openedBefore(this.clock.monotonicMs() - AGE_MS);
    for (let start = 0; start < ids.length; start += MOST_IDS_AT_ONCE) {
      const asked = ids.slice(start, start + MOST_IDS_AT_ONCE);
      const still = await stillUnsettled(this.database, asked);
      for (const id of asked) if (!still.has(id)) this.unsettled.settled(id);
    }
  }
}
