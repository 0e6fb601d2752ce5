import { StripeError } from '../http/stripe-error.js';
import { UnsettledCharges } from './unsettled-charges.js';

export interface AdmissionLimits {
  /** Creates, captures and refunds that are not yet committed. */
  readonly uncommittedMax: number;
  /** Unsettled charges in all, of one card network, and of one account. */
  readonly unsettledMax: number;
  readonly unsettledPerNetworkMax: number;
  readonly unsettledPerAccountMax: number;
}

export type ShedReason = 'turn' | 'uncommitted' | 'unsettled' | 'unsettled_network' | 'unsettled_account';

/** A request on its way to its commit. */
export interface Ticket {
  /** Committed: from here on its charge counts as unsettled. */
  opened(chargeId: string, network: string): void;
  /** Committed or not, it is uncommitted no longer. Idempotent. */
  end(): void;
}

/** Sheds early and cheaply: counters in memory, asked before the database is touched. */
export class Admission {
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
   * @param network null when it is not known before the charge is looked up
   * @throws StripeError 429, which the SDK is told to repeat
   */
  admit(account: string, network: string | null): Ticket {
    const reason = this.reasonToShed(account, network);
    if (reason) {
      this.onShed(reason);
      throw tooManyRequests(reason);
    }
    this.uncommitted++;
    let ended = false;
    return {
      opened: (chargeId, network) => this.unsettled.opened(chargeId, account, network, this.monotonicMs()),
      end: () => {
        if (!ended) this.uncommitted--;
        ended = true;
      },
    };
  }

  private reasonToShed(account: string, network: string | null): ShedReason | undefined {
    const { limits, unsettled } = this;
    if (this.uncommitted >= limits.uncommittedMax) return 'uncommitted';
    if (unsettled.size >= limits.unsettledMax) return 'unsettled';
    if (network !== null && unsettled.ofNetwork(network) >= limits.unsettledPerNetworkMax) return 'unsettled_network';
    if (unsettled.ofAccount(account) >= limits.unsettledPerAccountMax) return 'unsettled_account';
    return undefined;
  }
}

const because: Record<ShedReason, string> = {
  turn: 'Too many requests of this account arrive at once, while others ask as well.',
  uncommitted: 'Too many requests arrive at once.',
  unsettled: 'Too many charges are waiting to be settled.',
  unsettled_network: 'Too many charges of this card network are waiting for its bank.',
  unsettled_account: 'Too many charges of this account are waiting to be settled.',
};

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
