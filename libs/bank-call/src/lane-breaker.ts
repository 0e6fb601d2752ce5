import { BrokenCircuitError, NoopPolicy, type IDefaultPolicyContext } from 'cockatiel';
import CircuitBreaker from 'opossum';
import type { Clock } from '#clock';
import type { BreakerCause, BreakerState } from './breaker-transition.js';
import type { HealthSignal } from './health-signal.js';
import { RollingWindow } from './rolling-window.js';

/** opossum's options by their own names, and further ones that it lacks. */
export interface LaneBreakerOptions extends Record<CircuitOption, number> {
  /** This many consecutive failures open the breaker, however few calls there were. */
  consecutiveFailures: number;
  /** The longest duration of an attempt. */
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
 * The breaker of one lane of one bank: opossum as a cockatiel policy. Each transition to open or closed starts a new
 * circuit: a late result reaches only the circuit of its attempt, and each window starts empty.
 */
export class LaneBreaker extends NoopPolicy {
  #circuit!: CircuitBreaker<[() => Promise<unknown>]>;
  #window!: RollingWindow;
  #isShutDown = false;
  /** Monotonic milliseconds of the next probe, unless an attempt may pass now. */
  #nextProbeAtMs = 0;

  /** @param signalOf maps an attempt's result to its health */
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
   * Makes the attempt. The result is counted before the promise settles; an attempt that throws is a failure.
   *
   * @throws BrokenCircuitError (cockatiel's) when the breaker refuses it
   */
  override async execute<T>(
    attempt: (context: IDefaultPolicyContext) => PromiseLike<T> | T,
    signal: AbortSignal = neverAborted,
  ): Promise<T> {
    // A late failure undoes opossum's shutdown, and then every call passes.
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
      // opossum counts every end as success or failure, so leave this attempt without an end there.
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

  /** Stops the timers. Later attempts are refused. */
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
      // opossum's time-out aborts all calls by one AbortController; AttemptTimeout has one per call.
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
    // opossum itself opens on a failed probe, after this listener.
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

/** Thrown into opossum, which counts only rejections as failures. */
class Failing extends Error {
  constructor(readonly result: unknown) {
    super('the bank is failing');
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && CircuitBreaker.isOurError(error);
}
