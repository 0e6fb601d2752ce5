import type { bankProtocol } from '#contracts';
import type { Books } from './books.js';

type CurrencyTotals = bankProtocol.Totals['currencies'][string];

const sumOf = {
  authorization: 'authorized',
  capture: 'captured',
  void: 'voided',
  refund: 'refunded',
  reversal: 'reversed',
} as const satisfies Record<bankProtocol.EntryKind, keyof CurrencyTotals>;

/** The sums of the books, for the checker. */
export function totals(books: Books): bankProtocol.Totals {
  const currencies: Record<string, CurrencyTotals> = {};
  for (const { entry, undoneBy, under } of books.positions) {
    const sums = (currencies[entry.currency] ??= {
      authorized: 0,
      captured: 0,
      voided: 0,
      refunded: 0,
      reversed: 0,
      held: 0,
      net: 0,
    });
    sums[sumOf[entry.kind]] += entry.amountMinor;
    if (undoneBy) continue;
    if (entry.kind === 'capture') sums.net += entry.amountMinor;
    if (entry.kind === 'refund') sums.net -= entry.amountMinor;
    const captured = under.some((capture) => !capture.undoneBy);
    if (entry.kind === 'authorization' && !captured) sums.held += entry.amountMinor;
  }
  return { bank: books.profile.name, watermark: books.positions.length, currencies };
}
