import type { AnswerWaiters } from '../idempotency/answer-waiters.js';
import type { AnswerWatch } from '../idempotency/answer-watch.js';
import type { GivenAnswer } from '../idempotency/key.js';
import type { UnsettledCharges } from '../admission/unsettled-charges.js';
import type { Charge, OpenedCharge } from './charge.js';
import { isAwaiting } from './owed.js';

/** Who has to hear that something settled, once it is committed: requests that wait here, other instances, admission. */
export class Settlements {
  constructor(
    private readonly waiters: AnswerWaiters,
    private readonly watch: AnswerWatch,
    private readonly unsettled: UnsettledCharges,
    /** This process, as it holds its leases. */
    private readonly holder: string,
    private readonly observe: (charge: OpenedCharge) => void,
  ) {}

  /** @param given the answers that this commit stored; a key that had its answer before is not among them */
  committed(moved: readonly { before: Charge; after: OpenedCharge }[], given: readonly GivenAnswer[]): void {
    for (const { before, after } of moved) {
      if (!isAwaiting(after)) this.unsettled.settled(after.opening.id);
      if (after.ending && before.state !== after.state) this.observe(after);
    }
    for (const answer of given) this.waiters.answered(answer);
    if (given.some(({ holder }) => holder !== this.holder)) this.watch.tellOthers();
  }
}
