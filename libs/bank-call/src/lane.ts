import type { BankOrder } from './bank-order.js';

/** Separate breakers: a bank may fail movements of money and still answer inquiries, or the reverse. */
export const lanes = ['movements', 'inquiries'] as const;
export type Lane = (typeof lanes)[number];

export function laneOf({ kind }: BankOrder): Lane {
  return kind === 'inquire' || kind === 'statement' ? 'inquiries' : 'movements';
}
