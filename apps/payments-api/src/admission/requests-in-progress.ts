import { AdaptiveLimit, leastQueueMs, type AdaptiveLimitOptions } from './adaptive-limit.js';

export interface RequestLimits extends Omit<AdaptiveLimitOptions, 'sharedQueueMs'> {
  /** Requests of all networks together that may be in progress while nothing was measured lately. */
  readonly burst: number;
}

/** An admitted request, from its arrival to its answer. */
export interface RequestInProgress {
  /** Its charge settled: what it took counts as a measurement. Otherwise the request ends without one. */
  settled(): void;
  /** The request was answered. Idempotent. */
  end(): void;
}

/** Why a request must come back later, and when that may be worth it. */
export interface Overload {
  readonly retryAfterSeconds: number;
}

const RETRY_AFTER_MAX_SECONDS = 30;
/** A network in which nothing settles for so long waits for its bank, and is no sign that the services are overloaded. */
const SETTLES_WITHIN_MS = 1_000;

/**
 * The part of a limit at which the door closes. In an overload a free place lasts for milliseconds, and the door would
 * be open whenever one of several networks has one.
 */
const DOOR_CLOSES_AT = 0.9;

class Network {
  readonly accounts = new Map<string, number>();
  readonly limit: AdaptiveLimit;
  inProgress = 0;
  settledAtMs = -Infinity;
  /** Refused requests whose clients were told to come back; one fewer with each that settles. */
  refused = 0;

  constructor(limit: AdaptiveLimit) {
    this.limit = limit;
  }

  /**
   * Whether the limit is reached, or a part of it, and the account has its fair share of that: an equal part for each
   * account that has requests in progress.
   */
  isFullFor(account: string, part = 1): boolean {
    const limit = this.limit.limit * part;
    if (this.inProgress < limit) return false;
    const own = this.accounts.get(account) ?? 0;
    return own + 1 > limit / (this.accounts.size + (own === 0 ? 1 : 0));
  }

  /** Clients come back one after another, as fast as charges settle. */
  refuse(): Overload {
    this.refused++;
    const { limit, medianMs } = this.limit;
    const seconds = Math.ceil(((this.refused / limit) * medianMs) / 1_000);
    return { retryAfterSeconds: Math.min(RETRY_AFTER_MAX_SECONDS, Math.max(1, seconds)) };
  }
}

/**
 * Limits the charges in progress of each card network by what they take to settle. The network decides the bank, so
 * a bank that hangs fills the limit of its own networks alone. In a full network an account with less than its fair
 * share is still admitted, so a quiet account is not refused for a noisy one.
 */
export class RequestsInProgress {
  readonly #networks = new Map<string, Network>();

  constructor(
    private readonly limits: RequestLimits,
    private readonly monotonicMs: () => number,
  ) {}

  /** For metrics. */
  *networks(): Iterable<{ network: string; limit: number; inProgress: number }> {
    for (const [network, { limit, inProgress }] of this.#networks) yield { network, limit: limit.limit, inProgress };
  }

  /** @returns the request, or why it is refused */
  enter(account: string, name: string): RequestInProgress | Overload {
    const network = this.#networks.get(name) ?? this.#open(name);
    const startedMs = this.monotonicMs();
    if (network.isFullFor(account) && !this.#admitsBurst(network, startedMs)) return network.refuse();
    count(network, account, 1);
    let ended = false;
    const end = (): void => {
      if (!ended) count(network, account, -1);
      ended = true;
    };
    const settled = (): void => {
      const nowMs = this.monotonicMs();
      network.limit.observe(nowMs - startedMs, network.inProgress, nowMs);
      network.settledAtMs = nowMs;
      network.refused = Math.max(0, network.refused - 1);
    };
    return { settled, end };
  }

  /**
   * Before a request is read, when its network is unknown. It is refused only if every network in use is nearly full
   * and settles charges, so that its card would hardly matter, and its account has its fair share in each.
   */
  overload(account: string): Overload | undefined {
    const nowMs = this.monotonicMs();
    let fullest: Network | undefined;
    for (const network of this.#networks.values()) {
      if (network.inProgress === 0) continue;
      const settles = nowMs - network.settledAtMs <= SETTLES_WITHIN_MS;
      if (!settles || !network.isFullFor(account, DOOR_CLOSES_AT)) return undefined;
      if (!fullest || network.limit.limit > fullest.limit.limit) fullest = network;
    }
    return fullest?.refuse();
  }

  /** After a rest the limit is a guess, or what an earlier load left of it. */
  #admitsBurst(network: Network, nowMs: number): boolean {
    if (network.limit.queueMs(nowMs) !== undefined) return false;
    let inProgress = 0;
    for (const other of this.#networks.values()) inProgress += other.inProgress;
    return inProgress < this.limits.burst;
  }

  #open(name: string): Network {
    const sharedQueueMs = (nowMs: number): number => {
      const others = [...this.#networks.values()].filter((other) => other !== network);
      return leastQueueMs(
        others.map(({ limit }) => limit),
        nowMs,
      );
    };
    const network = new Network(new AdaptiveLimit({ ...this.limits, sharedQueueMs }));
    this.#networks.set(name, network);
    return network;
  }
}

function count(network: Network, account: string, by: 1 | -1): void {
  network.inProgress += by;
  const own = (network.accounts.get(account) ?? 0) + by;
  if (own === 0) network.accounts.delete(account);
  else network.accounts.set(account, own);
}
