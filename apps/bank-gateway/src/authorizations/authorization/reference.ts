import type { bankProtocol } from '#contracts';

/**
 * Our names for what we ask of banks: natural keys, so that whoever opens the same operation twice opens it once.
 * Each begins with its charge, and is new per operation, never per attempt (rule 2).
 */
export const authorizeReference = (chargeId: string, bank: bankProtocol.BankName): string =>
  `${chargeId}.authorize.${bank}`;

/** At most one capture and one void per charge: the closing slot. */
export const closingReference = (chargeId: string, kind: 'capture' | 'void'): string => `${chargeId}.${kind}`;

export const refundReference = (chargeId: string, refundId: string): string => `${chargeId}.refund.${refundId}`;

/** The refund that nobody asked for: of a capture whose charge had ended. */
export const compensationReference = (chargeId: string): string => `${chargeId}.compensation`;

/** One per performance that nobody wanted: a stray is undone once (rule 11). */
export const strayReference = (chargeId: string, bankId: string): string => `${chargeId}.stray.${bankId}`;

/** @returns undefined when it is a compensation, which is nobody's refund */
export function refundIdOf(reference: string, chargeId: string): string | undefined {
  const prefix = refundReference(chargeId, '');
  return reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined;
}
