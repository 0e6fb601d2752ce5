import type { PgTransaction, UnitOfWork } from '../transaction.js';

/** Runs a transaction. @returns which of its effects ran */
export async function outcomeOf(
  store: Pick<UnitOfWork<PgTransaction>, 'transaction'>,
  work: (tx: PgTransaction) => Promise<unknown>,
): Promise<{ effects: string[]; error: unknown }> {
  const effects: string[] = [];
  const error = await store
    .transaction(async (tx) => {
      tx.onCommit(() => effects.push('commit'));
      tx.onRollback(() => effects.push('rollback'));
      return work(tx);
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return { effects, error };
}
