import { bank } from '#contracts';
import { become } from '#saga';
import { step, take } from './statement.js';

/** A bank said what it performed: kept as it was said, to be compared with the books. */
export const onStatementPublished = step({
  on: bank.statementPublished,
  idOf: (page) => page.bank,
  // By a clock that is ahead the bank would seem to have been asked for what had not happened yet.
  decide: (statement, page, now) => become(take(statement, { ...page, askedAt: Math.min(page.askedAt, now) })),
});
