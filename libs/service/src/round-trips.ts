import { Injectable } from '@nestjs/common';
import type { RoundTripOf } from '#postgres';
import { Metrics } from '#telemetry';

/** Counts the round trips to Postgres. Each wakes a process at both ends, and most of a lone charge's time is wake-ups. */
@Injectable()
export class RoundTrips {
  private readonly counter: ReturnType<typeof Metrics.prototype.counter<'pool' | 'of'>>;

  constructor(metrics: Metrics) {
    this.counter = metrics.counter({
      name: 'postgres_round_trips_total',
      help: 'Round trips to Postgres, by pool and by what they belong to: a transaction, or a statement outside one.',
      labels: ['pool', 'of'],
    });
  }

  /** For `DatabaseOptions.onRoundTrip`. */
  ofPool(pool: 'service' | 'relay'): (of: RoundTripOf) => void {
    return (of) => this.counter.inc({ pool, of });
  }
}
