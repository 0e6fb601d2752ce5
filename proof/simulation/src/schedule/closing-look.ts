import type { MerchantOperation, PlannedRead } from '../operations/operation.js';

/**
 * Each merchant looks through all that is theirs once nothing moves any more: what lists and balances have to show is
 * known to the row then, whereas beside other requests much of it may be there already, or not yet.
 */
export function closingLook(operations: readonly MerchantOperation[]): PlannedRead[] {
  const accounts = new Set(operations.flatMap((each) => ('account' in each ? [each.account] : [])));
  return [...accounts].flatMap((account): PlannedRead[] => [
    { kind: 'walk', atMs: 0, account, list: 'charges', limit: 3, direction: 'down', filters: {} },
    { kind: 'walk', atMs: 0, account, list: 'refunds', limit: 3, direction: 'up', filters: {} },
    { kind: 'walk', atMs: 0, account, list: 'balance_transactions', limit: 5, direction: 'down', filters: {} },
    { kind: 'balance', atMs: 0, account },
  ]);
}
