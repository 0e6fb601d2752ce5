import { fullJitterMs, type Clock } from '#clock';

/** Attempts of one endpoint that one process makes at once. */
export const LANE_WIDTH = 8;
/** After so many failures in a row the lane rests, and is then tried by one attempt. */
const FAILURES_TO_REST = 3;
const rest = { baseMs: 1_000, capMs: 60_000 };

/**
 * The bulkhead of one endpoint in one process, so that one that hangs holds nothing that others need; with a circuit breaker,
 * so that one that refuses everything is asked little.
 */
export class EndpointLane {
  #inFlight = 0;
  #failures = 0;
  #restsUntilMs = -Infinity;
  /** More is due than could be begun. */
  isAsked = false;

  constructor(private readonly clock: Clock) {}

  /** How many attempts may begin now. One alone once the last one failed. */
  get free(): number {
    if (this.clock.monotonicMs() < this.#restsUntilMs) return 0;
    return Math.max(0, (this.#failures > 0 ? 1 : LANE_WIDTH) - this.#inFlight);
  }

  /** True while nothing need be remembered of it. */
  get isFresh(): boolean {
    return this.#inFlight === 0 && this.#failures === 0;
  }

  begin(): void {
    this.#inFlight++;
  }

  end(isDelivered: boolean): void {
    this.#inFlight--;
    this.#failures = isDelivered ? 0 : this.#failures + 1;
    const beyond = this.#failures - FAILURES_TO_REST;
    if (beyond < 0) return;
    const restMs = fullJitterMs(beyond + 1, rest, () => this.clock.random());
    this.#restsUntilMs = this.clock.monotonicMs() + restMs;
  }

  /** Its merchant asks for an attempt now. */
  wake(): void {
    this.#restsUntilMs = -Infinity;
  }
}
