import type { MerchantOperation, PlannedRead } from '../operations/operation.js';

/**
 * Final reads of every list and balance at quiescence. The model then knows the exact result, while during other
 * requests it only has bounds.
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
