import type { Clock, Instant, Timer } from '#clock';
import type { Lease } from './lease.js';

/**
 * The leader's work. The two run one after the other: `onAcquired` starts it, `onLost` resolves once it has stopped.
 * A rejection is a bug and ends the process.
 */
export interface LeaseHandlers {
  onAcquired(lease: Lease): void | Promise<void>;
  onLost(): void | Promise<void>;
}

export interface Contender {
  /** The lease; undefined unless it is held and trusted. */
  readonly lease: Lease | undefined;
  /** Stops the work, releases the lease, and contends no more. */
  close(): Promise<void>;
}

type State =
  | { kind: 'waiting' }
  /** `leaving`: the lease is renewed until `onLost` resolves. */
  | { kind: 'held'; lease: HeldLease; since: Instant; expiry: Timer; leaving: boolean }
  /** The lease is lost. Contends again after `onLost`. */
  | { kind: 'stopping' }
  | { kind: 'closed' };

/** The state machine of one name: waiting → held → stopping → waiting …; any state → closed. No I/O. */
export class NameContender {
  #state: State = { kind: 'waiting' };
  /** Handlers run one at a time, in order. */
  #handlers: Promise<void> = Promise.resolve();
  #left: Promise<number | undefined> | undefined;

  constructor(
    readonly name: string,
    private readonly handlers: LeaseHandlers,
    private readonly options: { clock: Clock; holder: string; trustedForMs: number },
  ) {}

  get waiting(): boolean {
    return this.#state.kind === 'waiting';
  }

  get lease(): Lease | undefined {
    return this.#state.kind === 'held' && this.#state.lease.isTrusted() ? this.#state.lease : undefined;
  }

  /** The epoch to renew, also while leaving. */
  get heldEpoch(): number | undefined {
    return this.#state.kind === 'held' ? this.#state.lease.epoch : undefined;
  }

  get heldSince(): Instant | undefined {
    return this.#state.kind === 'held' ? this.#state.since : undefined;
  }

  /**
   * Takes a grant that was requested at `askedMs` (monotonic).
   *
   * @returns false to give it back: closed meanwhile, or answered too late to be trusted
   */
  granted(epoch: number, askedMs: number): boolean {
    const { clock, holder, trustedForMs } = this.options;
    const trustedUntilMs = askedMs + trustedForMs;
    if (this.#state.kind !== 'waiting' || clock.monotonicMs() >= trustedUntilMs) return false;
    const lease = new HeldLease(this.name, holder, epoch, clock, trustedUntilMs);
    this.#state = { kind: 'held', lease, since: clock.now(), expiry: this.#expireAt(trustedUntilMs), leaving: false };
    void this.#run(() => this.handlers.onAcquired(lease));
    return true;
  }

  /** Takes a renewal of this epoch. @returns false if the lease was given up meanwhile */
  renewed(epoch: number, askedMs: number): boolean {
    const { clock, trustedForMs } = this.options;
    const trustedUntilMs = askedMs + trustedForMs;
    if (clock.monotonicMs() >= trustedUntilMs) this.lost();
    if (this.#state.kind !== 'held' || this.#state.lease.epoch !== epoch) return false;
    this.#state.lease.trustedUntilMs = trustedUntilMs;
    this.#state.expiry.cancel();
    this.#state.expiry = this.#expireAt(trustedUntilMs);
    return true;
  }

  /** Another process has the lease, or may have it. */
  lost(): void {
    if (this.#state.kind !== 'held') return;
    const { lease, expiry, leaving } = this.#state;
    expiry.cancel();
    lease.trustedUntilMs = -Infinity;
    this.#state = { kind: leaving ? 'closed' : 'stopping' };
    if (!leaving) void this.#stop();
  }

  /** Stops the work under a lease that is still renewed. @returns the epoch to release, if any */
  leave(): Promise<number | undefined> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async #leave(): Promise<number | undefined> {
    if (this.#state.kind === 'held') {
      this.#state.leaving = true;
      await this.#run(() => this.handlers.onLost());
    }
    const epoch = this.heldEpoch;
    this.lost();
    this.#state = { kind: 'closed' };
    await this.#handlers;
    return epoch;
  }

  async #stop(): Promise<void> {
    await this.#run(() => this.handlers.onLost());
    if (this.#state.kind === 'stopping') this.#state = { kind: 'waiting' };
  }

  #expireAt(trustedUntilMs: number): Timer {
    const { clock } = this.options;
    return clock.after(trustedUntilMs - clock.monotonicMs(), () => this.lost(), { unref: true });
  }

  #run(handler: () => void | Promise<void>): Promise<void> {
    this.#handlers = this.#handlers.then(handler);
    return this.#handlers;
  }
}

class HeldLease implements Lease {
  constructor(
    readonly name: string,
    readonly holder: string,
    readonly epoch: number,
    private readonly clock: Clock,
    public trustedUntilMs: number,
  ) {}

  isTrusted(): boolean {
    return this.clock.monotonicMs() < this.trustedUntilMs;
  }
}
