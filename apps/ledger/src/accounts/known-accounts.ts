import type { Account } from './account.js';

const REMEMBERED_MAX = 100_000;

/** A cache of existing accounts. Accounts are never deleted, so a known one need not be opened again. */
export class KnownAccounts {
  private readonly ids = new Set<string>();

  /** The accounts to open, each once, sorted by id: concurrent batches would deadlock in different orders. */
  unknownOf(accounts: readonly Account[]): Account[] {
    const unknown = new Map<string, Account>();
    for (const account of accounts) if (!this.ids.has(account.id)) unknown.set(account.id, account);
    return [...unknown.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Call only after the accounts' transaction has committed. */
  remember(accounts: readonly Account[]): void {
    if (this.ids.size + accounts.length > REMEMBERED_MAX) this.ids.clear();
    for (const { id } of accounts) this.ids.add(id);
  }
}
