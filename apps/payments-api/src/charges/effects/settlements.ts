import type { AnswerWaiters } from '../../idempotency/answer-waiters.js';
import type { AnswerWatch } from '../../idempotency/answer-watch.js';
import type { GivenAnswer } from '../../idempotency/key.js';
import type { UnsettledCharges } from '../../admission/unsettled-charges.js';
import type { Effect, EffectHandler } from '#saga';
import type { Charge, OpenedCharge } from '../charge/charge.js';
import { isAwaiting } from '../charge/pending.js';

/** A commit recorded events of other services for these charges, and settled some of them. */
export interface ChargesMoved extends Effect {
  readonly kind: 'charges_moved';
  readonly charges: readonly { readonly before: Charge; readonly after: OpenedCharge }[];
  /** Answers that this commit stored; keys that had an answer before are left out. */
  readonly answers: readonly GivenAnswer[];
}

/** After the commit: notifies waiting requests, other instances, and admission control. */
export class Settlements implements EffectHandler<ChargesMoved> {
  constructor(
    private readonly waiters: AnswerWaiters,
    private readonly watch: AnswerWatch,
    private readonly unsettled: UnsettledCharges,
    /** Lease holder id of this process. */
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
