/** The card of a charge belongs to it alone, so its id is made from the charge's. */
export const cardIdOf = (chargeId: string): string => `card_${chargeId.slice('ch_'.length)}`;
