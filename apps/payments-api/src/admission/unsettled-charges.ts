/**
 * The charges that this instance counts as unsettled, by card network and by account. The API knows no
 * banks; the network is what decides the bank, so a bank that hangs fills its own networks' share only.
 */
export class UnsettledCharges {
  private readonly byId = new Map<string, { account: string; network: string; openedMs: number }>();
  private readonly networks = new Map<string, number>();
  private readonly accounts = new Map<string, number>();

  get size(): number {
    return this.byId.size;
  }

  opened(id: string, account: string, network: string, nowMs: number): void {
    if (this.byId.has(id)) return;
    this.byId.set(id, { account, network, openedMs: nowMs });
    add(this.networks, network, 1);
    add(this.accounts, account, 1);
  }

  settled(id: string): void {
    const charge = this.byId.get(id);
    if (!charge) return;
    this.byId.delete(id);
    add(this.networks, charge.network, -1);
    add(this.accounts, charge.account, -1);
  }

  ofNetwork(network: string): number {
    return this.networks.get(network) ?? 0;
  }

  ofAccount(account: string): number {
    return this.accounts.get(account) ?? 0;
  }

  /** Those opened before `sinceMs` (monotonic): another instance may have settled them. */
  openedBefore(sinceMs: number): string[] {
    const ids: string[] = [];
    for (const [id, { openedMs }] of this.byId) if (openedMs < sinceMs) ids.push(id);
    return ids;
  }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
