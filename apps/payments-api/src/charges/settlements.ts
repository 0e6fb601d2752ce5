import type { AnswerWaiters } from '../idempotency/answer-waiters.js';
import type { AnswerWatch } from '../idempotency/answer-watch.js';
import type { GivenAnswer } from '../idempotency/key.js';
import type { UnsettledCharges } from '../admission/unsettled-charges.js';
import type { OpenedCharge } from './charge.js';

/** Who has to hear that charges settled, once it is committed: requests that wait here, other instances, admission. */
export class Settlements {
  constructor(
    private readonly waiters: AnswerWaiters,
    private readonly watch: AnswerWatch,
    private readonly unsettled: UnsettledCharges,
    /** This process, as it holds its leases. */
    private readonly holder: string,
    private readonly observe: (charge: OpenedCharge) => void,
  ) {}

  /**
   * @param given the answers that this commit stored; a key that had its answer before is not among them
   * @param holders the instances whose requests asked for these charges
   */
  committed(
    charges: readonly OpenedCharge[],
    given: readonly GivenAnswer[],
    holders: readonly (string | undefined)[],
  ): void {
    for (const charge of charges) {
      this.unsettled.settled(charge.opening.id);
      this.observe(charge);
    }
    for (const answer of given) this.waiters.answered(answer);
    const elsewhere = holders.some((holder) => holder !== undefined && holder !== this.holder);
    if (given.length > 0 && elsewhere) this.watch.tellOthers();
  }
}
