import { Injectable } from '@nestjs/common';
import { Metrics } from '#telemetry';
import type { OpenedCharge } from '../charge/charge.js';
import { failureOf } from '../charge/failure.js';

/** Why a request got its answer. */
export type AnsweredBy = 'settled' | 'time_up' | 'refused' | 'replayed';

/** Metrics of charges, beside those of every request and every step. */
@Injectable()
export class ChargeMetrics {
  /** This process committed the end of a charge. */
  readonly settled: (charge: OpenedCharge) => void;
  /** A create, a capture or a refund was answered. */
  readonly answered: (by: AnsweredBy) => void;

  constructor(metrics: Metrics) {
    const settled = metrics.counter({
      name: 'charges_settled_total',
      help: 'Charges by their outcome: succeeded, canceled, or the code of the failure.',
      labels: ['outcome'],
    });
    const answers = metrics.counter({
      name: 'charge_answers_total',
      help: 'Answered creates, captures and refunds: settled in time, pending as time was up, refused at once, replayed under their key.',
      labels: ['by'],
    });
    this.settled = (charge) =>
      settled.inc({ outcome: charge.state === 'failed' ? failureOf(charge.ending).code : charge.state });
    this.answered = (by) => answers.inc({ by });
  }
}
