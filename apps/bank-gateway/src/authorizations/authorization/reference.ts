import type { bankProtocol } from '#contracts';

/** References are natural keys, so that opening an operation is idempotent. Each begins with its charge (rule 2). */
export const authorizeReference = (chargeId: string, bank: bankProtocol.BankName): string =>
  `${chargeId}.authorize.${bank}`;

/** A charge has at most one capture and one void: the closing slot. */
export const closingReference = (chargeId: string, kind: 'capture' | 'void'): string => `${chargeId}.${kind}`;

export const refundReference = (chargeId: string, refundId: string): string => `${chargeId}.refund.${refundId}`;

/** The refund of a capture whose charge had ended. */
export const compensationReference = (chargeId: string): string => `${chargeId}.compensation`;

/** One per performance: a stray is reversed once (rule 11). */
export const strayReference = (chargeId: string, bankId: string): string => `${chargeId}.stray.${bankId}`;

/** @returns undefined for a compensation, which has no refund id */
export function refundIdOf(reference: string, chargeId: string): string | undefined {
  const prefix = refundReference(chargeId, '');
  return reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined;
}
