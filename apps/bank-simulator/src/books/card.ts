import type { bankProtocol } from '#contracts';
import type { Books, EntryPosition } from './books.js';

/** The card of a request, if this bank knows it. */
export function cardOf(books: Books, request: bankProtocol.BankRequest): bankProtocol.EntryRecord['card'] {
  switch (request.kind) {
    case 'authorize':
      return request.instrument;
    case 'capture':
    case 'void':
      return cardUnder(books, books.find(request.authorizationId));
    case 'refund':
      return cardUnder(books, books.find(request.captureId));
    case 'reverse':
      return cardUnder(
        books,
        'bankId' in request.target
          ? books.find(request.target.bankId)
          : books.performances(request.target.reference)[0],
      );
    case 'inquire':
      return cardUnder(books, books.performances(request.reference)[0]);
    case 'statement':
      return undefined;
  }
}

function cardUnder(books: Books, position: EntryPosition | undefined): bankProtocol.EntryRecord['card'] {
  const below = position && (position.entry.of ?? position.entry.reverses);
  return below === undefined ? position?.entry.card : cardUnder(books, books.find(below));
}
