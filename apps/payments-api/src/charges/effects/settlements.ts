import type { AnswerWaiters } from '../../idempotency/answer-waiters.js';
import type { AnswerWatch } from '../../idempotency/answer-watch.js';
import type { GivenAnswer } from '../../idempotency/key.js';
import type { UnsettledCharges } from '../../admission/unsettled-charges.js';
import type { Effect, EffectHandler } from '#saga';
import type { Charge, OpenedCharge } from '../charge/charge.js';
import { isAwaiting } from '../charge/pending.js';

/** Events of other services were recorded for these charges; some of them have settled by it. */
export interface ChargesMoved extends Effect {
  readonly kind: 'charges_moved';
  readonly charges: readonly { readonly before: Charge; readonly after: OpenedCharge }[];
  /** Those that this commit stored; a key that had its answer before is not among them. */
  readonly answers: readonly GivenAnswer[];
}

/** Tells of what settled, once it is committed: the requests that wait here, other instances, admission. */
export class Settlements implements EffectHandler<ChargesMoved> {
  constructor(
    private readonly waiters: AnswerWaiters,
    private readonly watch: AnswerWatch,
    private readonly unsettled: UnsettledCharges,
    /** This process, as it holds its leases. */
    private readonly holder: string,
    private readonly observe: (charge: OpenedCharge) => void,
  ) {}

  committed({ charges, answers }: ChargesMoved): void {
    for (const { before, after } of charges) {
      if (!isAwaiting(after)) this.unsettled.settled(after.opening.id);
      if (after.ending && before.state !== after.state) this.observe(after);
    }
    for (const answer of answers) this.waiters.answered(answer);
    if (answers.some(({ holder }) => holder !== this.holder)) this.watch.tellOthers();
  }
}
