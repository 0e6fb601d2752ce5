import { Controller, Get, HttpException } from '@nestjs/common';
import { z } from 'zod';
import { views } from '#contracts';
import { balancesView, booksView, type BalancesView, type BooksView } from '../invariants/readings.js';
import { SystemClient, type ViewAnswer } from '../system/system.client.js';

/** The books as the page shows them. */
export interface LedgerPicture {
  readonly balances: BalancesView;
  readonly books: BooksView;
  readonly differences: readonly views.DifferenceView[];
}

@Controller('api/ledger')
export class LedgerController {
  constructor(private readonly system: SystemClient) {}

  @Get()
  async picture(): Promise<LedgerPicture> {
    const { ledger } = await this.system.addresses();
    const [balances, books, differences] = await Promise.all([
      this.system.view(ledger, '/balances', balancesView),
      this.system.view(ledger, '/books', booksView),
      this.system.view(ledger, '/differences', z.array(views.differenceView)),
    ]);
    return { balances: told(balances), books: told(books), differences: told(differences) };
  }
}

function told<View>(answer: ViewAnswer<View>): View {
  if (answer.kind === 'told') return answer.view;
  throw new HttpException(`The ledger cannot be asked: ${answer.because}.`, 503);
}
