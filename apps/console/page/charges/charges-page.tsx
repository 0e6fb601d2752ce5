import { ChargeList } from './charge-list.js';
import { OneCharge } from './one-charge.js';

export function ChargesPage({ of }: { of: string | undefined }) {
  return of === undefined ? <ChargeList /> : <OneCharge id={of} />;
}
