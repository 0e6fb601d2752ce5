import type { SagaWorld } from './saga-world.js';

/** Sequential steps without compensation: an error ends the charge where it is. */
export async function naiveSaga({ bank, ledger }: SagaWorld): Promise<void> {
  await bank.authorize();
  await ledger.placeHold();
  await bank.capture();
}
