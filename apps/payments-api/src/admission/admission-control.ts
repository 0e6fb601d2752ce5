import { StripeError } from '../protocol/stripe-error.js';
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
    private readonly monotonicMs: () => number,
    private readonly onShed: (reason: ShedReason) => void,
  ) {}

  get uncommittedCount(): number {
    return this.uncommitted;
  }

  /**
   * @param traffic null when only the charge's row knows it, or no bank will be called
   * @throws StripeError 429, which the SDK retries
   */
  admit(account: string, traffic: TrafficClass | null): Ticket {
    const reason = this.reasonToShed(account, traffic);
    if (reason) {
      this.onShed(reason);
      throw tooManyRequests(reason);
    }
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

const because: Record<ShedReason, string> = {
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
export function tooManyRequests(reason: ShedReason): StripeError {
  return new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: `${because[reason]} Nothing was begun; try again a little later, with exponential backoff.`,
    },
    { 'retry-after': '1', 'stripe-should-retry': 'true' },
  );
}
