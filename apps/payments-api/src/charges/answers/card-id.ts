/** A card object exists only inside its charge, so its id is derived from the charge's. */
export const cardIdOf = (chargeId: string): string => `card_${chargeId.slice('ch_'.length)}`;
