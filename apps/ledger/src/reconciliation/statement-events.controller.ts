import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank } from '#contracts';
import { become, Decides, type Decision } from '#saga';
import { statements, take, type BankStatement } from './statement.js';

/** Events that extend a bank's statement. */
@Controller()
export class StatementEventsController {
  /** Stores a page unchanged. A job compares it with the books. */
  @EventPattern<string>('bank.statement_published.v1')
  @Decides(statements, bank.statementPublished)
  statementPublished(statement: BankStatement, page: bank.StatementPublished, now: Instant): Decision<BankStatement> {
    // A gateway's clock that is ahead would make later transfers look unstated.
    return become(take(statement, { ...page, askedAt: Math.min(page.askedAt, now) }));
  }
}
