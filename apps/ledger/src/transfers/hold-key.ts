/**
 * A hold is asked for by its charge and its account: with both, one query finds the hold and, where there
 * is none yet, what its account is allowed. No id contains a space.
 */
export const holdKey = ({ chargeId, account }: { chargeId: string; account: string }): string =>
  `${chargeId} ${account}`;

/** `account` is empty when only the charge is known, as for an event that cannot be read. */
export function partsOfHoldKey(key: string): { chargeId: string; account: string } {
  const [chargeId = '', account = ''] = key.split(' ');
  return { chargeId, account };
}
