import type { PaymentInstrument } from '../test-cards/instrument.js';

/** Of charges that carry a fault token, whatever their network: a bank fails them because their client asked for it. */
export const WITH_FAULT = Symbol('with a fault token');
/** What an unsettled charge counts as: one of its card network, or one with a fault token. */
export type TrafficClass = string | typeof WITH_FAULT;

export const trafficClassOf = ({ fault, card }: Pick<PaymentInstrument, 'fault' | 'card'>): TrafficClass =>
  fault === null ? card.brand : WITH_FAULT;

/** How many there are, in all, by card network and by account. */
class Tally {
  private readonly networks = new Map<string, number>();
  private readonly accounts = new Map<string, number>();
  size = 0;

  add(account: string, network: string | null, by: 1 | -1): void {
    this.size += by;
    add(this.accounts, account, by);
    if (network !== null) add(this.networks, network, by);
  }

  ofNetwork(network: string): number {
    return this.networks.get(network) ?? 0;
  }

  ofAccount(account: string): number {
    return this.accounts.get(account) ?? 0;
  }
}

/**
 * The charges that this instance counts as unsettled, by card network and by account. The API knows no
 * banks; the network is what decides the bank, so a bank that hangs fills its own networks' share only.
 * Charges with fault tokens have a tally of their own, so that those which hang shed none but each other.
 */
export class UnsettledCharges {
  readonly ordinary = new Tally();
  readonly withFault = new Tally();
  private readonly byId = new Map<string, { account: string; traffic: TrafficClass; openedMs: number }>();

  get size(): number {
    return this.byId.size;
  }

  opened(id: string, account: string, traffic: TrafficClass, nowMs: number): void {
    if (this.byId.has(id)) return;
    this.byId.set(id, { account, traffic, openedMs: nowMs });
    this.count(account, traffic, 1);
  }

  settled(id: string): void {
    const charge = this.byId.get(id);
    if (!charge) return;
    this.byId.delete(id);
    this.count(charge.account, charge.traffic, -1);
  }

  /** Those opened before `sinceMs` (monotonic): another instance may have settled them. */
  openedBefore(sinceMs: number): string[] {
    const ids: string[] = [];
    for (const [id, { openedMs }] of this.byId) if (openedMs < sinceMs) ids.push(id);
    return ids;
  }

  private count(account: string, traffic: TrafficClass, by: 1 | -1): void {
    if (traffic === WITH_FAULT) this.withFault.add(account, null, by);
    else this.ordinary.add(account, traffic, by);
  }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
