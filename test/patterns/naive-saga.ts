import type { SagaWorld } from './saga-world.js';

/** One step after another, and an error ends it. */
export async function naiveSaga({ bank, ledger }: SagaWorld): Promise<void> {
  await bank.authorize();
  await ledger.placeHold();
  await bank.capture();
}
