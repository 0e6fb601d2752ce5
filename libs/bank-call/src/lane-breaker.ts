import { BrokenCircuitError, NoopPolicy, type IDefaultPolicyContext } from 'cockatiel';
import CircuitBreaker from 'opossum';
import type { Clock } from '#clock';
import type { BreakerCause, BreakerState } from './breaker-transition.js';
import type { HealthSignal } from './health-signal.js';
import { RollingWindow } from './rolling-window.js';

/** opossum's options by their own names, and what it lacks. */
export interface LaneBreakerOptions extends Record<CircuitOption, number> {
  /** This many failures one after another open the breaker, however few calls there were. */
  consecutiveFailures: number;
  /** The longest that an attempt can take to end. */
  attemptTimeoutMs: number;
}

type CircuitOption =
  'errorThresholdPercentage' | 'volumeThreshold' | 'resetTimeout' | 'rollingCountTimeout' | 'rollingCountBuckets';

export interface BreakerMove {
  from: BreakerState;
  to: BreakerState;
  cause: BreakerCause;
}

/**
 * The breaker of one lane of one bank: opossum, as a policy for cockatiel's `wrap`. It refuses by cockatiel's
 * `BrokenCircuitError`.
 *
 * A new circuit takes over whenever the breaker opens and whenever it closes. What began at a circuit is told to that
 * circuit alone, so an attempt from before the outage decides nothing after it, and each window starts empty.
 */
export class LaneBreaker extends NoopPolicy {
  #circuit!: CircuitBreaker<[() => Promise<unknown>]>;
  #window!: RollingWindow;
  #isShutDown = false;
  /** When the next attempt may pass, if it may not now. */
  #nextProbeAtMs = 0;

  /** @param signalOf the health that the result of an attempt shows */
  constructor(
    private readonly options: LaneBreakerOptions,
    private readonly clock: Clock,
    private readonly signalOf: (result: unknown) => HealthSignal,
    private readonly onMove: (move: BreakerMove) => void,
  ) {
    super();
    this.#take('closed');
  }

  get state(): BreakerState {
    if (this.#circuit.halfOpen) return 'half_open';
    return this.#circuit.closed ? 'closed' : 'open';
  }

  /** Milliseconds until an attempt may pass; 0 when it may now. */
  untilProbeMs(): number {
    if (this.#circuit.closed || this.#circuit.pendingClose) return 0;
    return Math.max(1, this.#nextProbeAtMs - this.clock.monotonicMs());
  }

  /**
   * Makes the attempt if the breaker lets it pass. When the promise settles, the breaker has taken the result into
   * account. An attempt that throws counts as a failure.
   *
   * @throws BrokenCircuitError when the breaker does not let it pass
   */
  override async execute<T>(
    attempt: (context: IDefaultPolicyContext) => PromiseLike<T> | T,
    signal: AbortSignal = neverAborted,
  ): Promise<T> {
    // opossum's shutdown is undone by a failure that comes after it, and lets everything pass from then on.
    if (this.#isShutDown) throw new BrokenCircuitError();
    this.#window.rotate();
    const isProbe = this.#circuit.pendingClose;
    if (isProbe) this.#nextProbeAtMs = this.clock.monotonicMs() + this.options.attemptTimeoutMs;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const judged = async (): Promise<unknown> => {
      const result = await attempt({ signal });
      const health = this.signalOf(result);
      if (health === 'healthy' || (isProbe && health === 'alive')) return result;
      if (health === 'failing' || isProbe) throw new Failing(result);
      // Neither a success nor a failure, which is all that opossum counts: it never hears of the end.
      resolve(result);
      return new Promise(() => {});
    };
    this.#circuit.fire(judged).then(
      (result) => resolve(result as T),
      (error: unknown) => {
        if (error instanceof Failing) resolve(error.result as T);
        else reject(isRefusal(error) ? new BrokenCircuitError() : error);
      },
    );
    return promise;
  }

  /** Stops its timers; it lets nothing pass afterwards. */
  shutdown(): void {
    this.#isShutDown = true;
    this.#circuit.shutdown();
  }

  #take(state: 'closed' | 'open'): void {
    const { consecutiveFailures, errorThresholdPercentage, volumeThreshold } = this.options;
    const { resetTimeout, rollingCountTimeout, rollingCountBuckets } = this.options;
    this.#window = new RollingWindow(this.clock, rollingCountTimeout, rollingCountBuckets);
    const circuit = new CircuitBreaker((attempt: () => Promise<unknown>) => attempt(), {
      volumeThreshold,
      resetTimeout,
      rollingCountTimeout,
      rollingCountBuckets,
      // opossum opens above its percentage, this breaker at its percentage.
      errorThresholdPercentage: errorThresholdPercentage - 0.1,
      // Its own aborts all calls when one times out: AttemptTimeout has a signal for each.
      timeout: false,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.#window,
    });
    this.#circuit = circuit;
    if (state === 'open') {
      this.#nextProbeAtMs = this.clock.monotonicMs() + resetTimeout;
      circuit.open();
    }
    let failuresInARow = 0;
    const move = (from: BreakerState, to: BreakerState, cause: BreakerCause): void => {
      if (to !== 'half_open') {
        circuit.shutdown();
        this.#take(to);
      }
      this.onMove({ from, to, cause });
    };
    circuit.on('success', () => (failuresInARow = 0));
    // A failure of a probe opens by opossum's own rule, which runs after this listener.
    circuit.on('failure', () => {
      failuresInARow += 1;
      if (circuit.closed && failuresInARow >= consecutiveFailures) circuit.open();
    });
    circuit.on('open', () => {
      if (state === 'open') move('half_open', 'open', 'probe_failed');
      else move('closed', 'open', failuresInARow >= consecutiveFailures ? 'failures_in_a_row' : 'failure_rate');
    });
    circuit.on('halfOpen', () => move('open', 'half_open', 'reset_time_passed'));
    circuit.on('close', () => move('half_open', 'closed', 'probe_succeeded'));
  }
}

const neverAborted = new AbortController().signal;

/** A result that tells opossum of a failure: it takes nothing but a rejection for one. */
class Failing extends Error {
  constructor(readonly result: unknown) {
    super('the bank is failing');
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && CircuitBreaker.isOurError(error);
}
