import type { BankOrder } from './bank-order.js';

/** Movements change money, inquiries ask. A bank may lose one ability and keep the other. */
export const lanes = ['movements', 'inquiries'] as const;
export type Lane = (typeof lanes)[number];

export function laneOf({ kind }: BankOrder): Lane {
  return kind === 'inquire' || kind === 'statement' ? 'inquiries' : 'movements';
}
