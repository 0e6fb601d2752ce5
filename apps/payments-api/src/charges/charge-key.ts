/** By what a step finds its charge: the charge's id, and where the event is about a refund, the refund's id as well. */
export const refundKey = ({ chargeId, refundId }: { chargeId: string; refundId: string }): string =>
  `${chargeId} ${refundId}`;

export function partsOfKey(key: string): { chargeId: string; refundId: string | undefined } {
  const [chargeId, refundId] = key.split(' ');
  return { chargeId: chargeId!, refundId };
}
