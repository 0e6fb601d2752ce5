import type { PaymentInstrument } from '../test-cards/instrument.js';

/** Traffic class of charges with a fault token, whose bank fails on their client's request. */
export const WITH_FAULT = Symbol('with a fault token');
/** The card network of a charge, or that it has a fault token. */
export type TrafficClass = string | typeof WITH_FAULT;

export const trafficClassOf = ({ fault, card }: Pick<PaymentInstrument, 'fault' | 'card'>): TrafficClass =>
  fault === null ? card.brand : WITH_FAULT;

/** Counts of charges: in all, by network and by account. */
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
 * Unsettled charges of this instance, by card network and account. The network decides the bank, so a bank that
 * hangs fills only the share of its networks. Charges with fault tokens are counted apart, so that they shed only each other.
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

  /** Ids of charges opened before `sinceMs` (monotonic); another instance may have settled them. */
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
