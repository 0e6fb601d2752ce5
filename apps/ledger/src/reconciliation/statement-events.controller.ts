import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank } from '#contracts';
import { become, Decides, type Decision } from '#saga';
import { statements, take, type BankStatement } from './statement.js';

/** What a bank's statement reacts to. */
@Controller()
export class StatementEventsController {
  /** A bank said what it performed: kept as it was said, to be compared with the books. */
  @EventPattern<string>('bank.statement_published.v1')
  @Decides(statements, bank.statementPublished)
  statementPublished(statement: BankStatement, page: bank.StatementPublished, now: Instant): Decision<BankStatement> {
    // By a clock that is ahead the bank would seem to have been asked for what had not happened yet.
    return become(take(statement, { ...page, askedAt: Math.min(page.askedAt, now) }));
  }
}
