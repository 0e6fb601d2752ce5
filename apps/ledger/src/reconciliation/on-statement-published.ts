import { bank } from '#contracts';
import { become } from '#saga';
import { step, take } from './statement.js';

/** A bank said what it performed: kept as it was said, to be compared with the books. */
export const onStatementPublished = step({
  on: bank.statementPublished,
  idOf: (page) => page.bank,
  decide: (statement, page) => become(take(statement, page)),
});
