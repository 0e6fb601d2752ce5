import type { Account } from './account.js';

const REMEMBERED_MAX = 100_000;

/** Accounts that are certain to stand in the table: they are never removed, so who has seen one need not open it again. */
export class KnownAccounts {
  private readonly ids = new Set<string>();

  /** Those that may have to be opened, each once, in the order of their ids: two batches that open the same ones wait for each other in one order. */
  unknownOf(accounts: readonly Account[]): Account[] {
    const unknown = new Map<string, Account>();
    for (const account of accounts) if (!this.ids.has(account.id)) unknown.set(account.id, account);
    return [...unknown.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** They are committed. */
  remember(accounts: readonly Account[]): void {
    if (this.ids.size + accounts.length > REMEMBERED_MAX) this.ids.clear();
    for (const { id } of accounts) this.ids.add(id);
  }
}
