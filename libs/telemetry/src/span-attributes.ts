/** The attribute by which spans of a charge are found. Attributes of our own have this prefix, others OpenTelemetry's names. */
export const CHARGE_ID = 'holdfast.charge.id';
