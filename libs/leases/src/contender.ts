import type { Clock, Timer } from '#clock';
import type { Lease } from './lease.js';

/**
 * What a name's owner does. Both are awaited, one after the other: `onAcquired` starts the work and
 * returns, `onLost` stops it and resolves once it has stopped. An operational fault is theirs to handle;
 * a rejection is a bug and ends the process.
 */
export interface LeaseHandlers {
  onAcquired(lease: Lease): void | Promise<void>;
  onLost(): void | Promise<void>;
}

export interface Contender {
  /** The lease while it is held and trusted. */
  readonly lease: Lease | undefined;
  /** Stops the work if the name is held, releases it, and contends no more. */
  close(): Promise<void>;
}

type State =
  | { kind: 'waiting' }
  /** `leaving`: still renewed, while `onLost` brings the work to its end. */
  | { kind: 'held'; lease: HeldLease; expiry: Timer; leaving: boolean }
  /** Lost; waiting for `onLost` before contending again. */
  | { kind: 'stopping' }
  | { kind: 'closed' };

/** One name's life: waiting → held → stopping → waiting …, and closed from anywhere. No I/O. */
export class NameContender {
  #state: State = { kind: 'waiting' };
  /** Handlers run one at a time, in the order of what happened. */
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

  /** The epoch to renew at, also while leaving. */
  get heldEpoch(): number | undefined {
    return this.#state.kind === 'held' ? this.#state.lease.epoch : undefined;
  }

  /**
   * The database granted the name, asked at `askedMs` (monotonic). False when there is no use for it: closed
   * meanwhile, or answered too late to be trusted.
   */
  granted(epoch: number, askedMs: number): boolean {
    const { clock, holder, trustedForMs } = this.options;
    const trustedUntilMs = askedMs + trustedForMs;
    if (this.#state.kind !== 'waiting' || clock.monotonicMs() >= trustedUntilMs) return false;
    const lease = new HeldLease(this.name, holder, epoch, clock, trustedUntilMs);
    this.#state = { kind: 'held', lease, expiry: this.#expireAt(trustedUntilMs), leaving: false };
    void this.#run(() => this.handlers.onAcquired(lease));
    return true;
  }

  /** The database renewed the lease at this epoch. False when it had been given up here by then. */
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

  /** The lease has passed to someone else, or may have. */
  lost(): void {
    if (this.#state.kind !== 'held') return;
    const { lease, expiry, leaving } = this.#state;
    expiry.cancel();
    lease.trustedUntilMs = -Infinity;
    this.#state = { kind: leaving ? 'closed' : 'stopping' };
    if (!leaving) void this.#stop();
  }

  /** Brings the work to its end under a lease that is still renewed; answers the epoch to release, if any. */
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
