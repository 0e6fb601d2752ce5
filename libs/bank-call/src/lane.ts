import type { BankOrder } from './bank-order.js';

/** Movements change money, inquiries ask. A bank may lose one ability and keep the other. */
export type Lane = 'movements' | 'inquiries';

export function laneOf({ kind }: BankOrder): Lane {
  return kind === 'inquire' || kind === 'statement' ? 'inquiries' : 'movements';
}
