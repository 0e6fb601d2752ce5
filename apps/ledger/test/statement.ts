import type { bank as bankEvents, bankProtocol } from '#contracts';
import { account, chargeId } from './charge.js';

/** An authorization for 9.00 as entry `seq` of cedar's statement. */
export const entry = (seq: number, other: Partial<bankProtocol.Entry> = {}): bankProtocol.Entry => ({
  seq,
  bankId: `cedar_${seq}`,
  kind: 'authorization',
  reference: `${chargeId}.authorize.cedar`,
  account,
  chargeId,
  amountMinor: 900,
  currency: 'usd',
  at: 0,
  ...other,
});

/** The last page of cedar's statement, with the entries after one number up to another. */
export const page = (
  after: number,
  through: number,
  other: Partial<bankEvents.StatementPublished> = {},
): bankEvents.StatementPublished => ({
  bank: 'cedar',
  after,
  through,
  isLast: true,
  askedAt: 0,
  entries: Array.from({ length: through - after }, (_, place) => entry(after + place + 1)),
  ...other,
});
