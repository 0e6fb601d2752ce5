import { StripeError } from '../protocol/stripe-error.js';
import type { Overload, RequestInProgress, RequestsInProgress } from './requests-in-progress.js';
import { WITH_FAULT, type TrafficClass, type UnsettledCharges } from './unsettled-charges.js';

export interface AdmissionLimits {
  /** Creates, captures and refunds that are not yet committed. */
  readonly uncommittedMax: number;
  /** Unsettled charges: in all, of one card network, of one account. */
  readonly unsettledMax: number;
  readonly unsettledPerNetworkMax: number;
  readonly unsettledPerAccountMax: number;
  /** Unsettled charges with fault tokens, counted apart: in all, of one account. */
  readonly unsettledWithFaultMax: number;
  readonly unsettledWithFaultPerAccountMax: number;
}

export type ShedReason =
  | 'overload'
  | 'overload_network'
  | 'turn'
  | 'uncommitted'
  | 'unsettled'
  | 'unsettled_network'
  | 'unsettled_account'
  | 'unsettled_with_fault'
  | 'unsettled_with_fault_account'
  | 'lists';

/** An admitted request that is not yet committed. */
export interface Ticket {
  /** Committed: its charge counts as unsettled from now on. */
  opened(chargeId: string, traffic: TrafficClass): void;
  /** The request no longer counts as uncommitted. Idempotent. */
  end(): void;
}

/** Load shedding by counters in memory, before the database is touched. */
export class AdmissionControl {
  private uncommitted = 0;

  constructor(
    private readonly limits: AdmissionLimits,
    private readonly unsettled: UnsettledCharges,
    private readonly inProgress: RequestsInProgress,
    private readonly monotonicMs: () => number,
    private readonly onShed: (reason: ShedReason) => void,
  ) {}

  get uncommittedCount(): number {
    return this.uncommitted;
  }

  /**
   * Before the request is read: its account is known, its card is not.
   *
   * @throws StripeError 429
   */
  admitUnread(account: string): void {
    const overload = this.inProgress.overload(account);
    if (overload) this.shed('overload', overload);
  }

  /**
   * When the request is read, and before it waits for its turn. Charges with fault tokens fail at their client's
   * request, so what they take is not measured.
   *
   * @param traffic as for `admit`
   * @throws StripeError 429
   */
  enter(account: string, traffic: TrafficClass | null): RequestInProgress {
    if (traffic === null) this.admitUnread(account);
    if (traffic === null || traffic === WITH_FAULT) return unmeasured;
    const entered = this.inProgress.enter(account, traffic);
    return 'end' in entered ? entered : this.shed('overload_network', entered);
  }

  /**
   * @param traffic null when only the charge's row knows it, or no bank will be called
   * @throws StripeError 429, which the SDK retries
   */
  admit(account: string, traffic: TrafficClass | null): Ticket {
    const reason = this.reasonToShed(account, traffic);
    if (reason) this.shed(reason);
    this.uncommitted++;
    let ended = false;
    return {
      opened: (chargeId, traffic) => this.unsettled.opened(chargeId, account, traffic, this.monotonicMs()),
      end: () => {
        if (!ended) this.uncommitted--;
        ended = true;
      },
    };
  }

  private shed(reason: ShedReason, overload?: Overload): never {
    this.onShed(reason);
    throw tooManyRequests(reason, overload?.retryAfterSeconds);
  }

  private reasonToShed(account: string, traffic: TrafficClass | null): ShedReason | undefined {
    const { limits, unsettled } = this;
    if (this.uncommitted >= limits.uncommittedMax) return 'uncommitted';
    if (traffic === WITH_FAULT) return this.reasonToShedWithFault(account);
    const { ordinary } = unsettled;
    if (ordinary.size >= limits.unsettledMax) return 'unsettled';
    if (traffic !== null && ordinary.ofNetwork(traffic) >= limits.unsettledPerNetworkMax) return 'unsettled_network';
    if (ordinary.ofAccount(account) >= limits.unsettledPerAccountMax) return 'unsettled_account';
    return undefined;
  }

  private reasonToShedWithFault(account: string): ShedReason | undefined {
    const { limits, unsettled } = this;
    if (unsettled.withFault.size >= limits.unsettledWithFaultMax) return 'unsettled_with_fault';
    if (unsettled.withFault.ofAccount(account) >= limits.unsettledWithFaultPerAccountMax)
      return 'unsettled_with_fault_account';
    return undefined;
  }
}

const unmeasured: RequestInProgress = { settled: () => undefined, end: () => undefined };

const because: Record<ShedReason, string> = {
  overload: 'More requests arrive than can be worked on.',
  overload_network: 'More charges of this card network arrive than can be worked on.',
  turn: 'Too many requests of this account arrive at once, while others ask as well.',
  uncommitted: 'Too many requests arrive at once.',
  unsettled: 'Too many charges are waiting to be settled.',
  unsettled_network: 'Too many charges of this card network are waiting for its bank.',
  unsettled_account: 'Too many charges of this account are waiting to be settled.',
  unsettled_with_fault: 'Too many charges with fault tokens are waiting to be settled.',
  unsettled_with_fault_account: 'Too many charges of this account with fault tokens are waiting to be settled.',
  lists: 'Too many lists of this account are waiting to be read.',
};

/** 429, which the SDK retries. */
export function tooManyRequests(reason: ShedReason, retryAfterSeconds = 1): StripeError {
  return new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: `${because[reason]} Nothing was begun; try again a little later, with exponential backoff.`,
    },
    { 'retry-after': String(retryAfterSeconds), 'stripe-should-retry': 'true' },
  );
}
