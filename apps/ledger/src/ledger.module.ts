import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { AccountsModule } from './accounts/accounts.module.js';
import { BooksModule } from './books/books.module.js';
import { CreateLedger1764000000001 } from './migrations/0001-create-ledger.migration.js';
import { TransfersModule } from './transfers/transfers.module.js';

@Module({
  imports: [
    ServiceModule.forRoot({ name: 'ledger', database: 'ledger', migrations: [CreateLedger1764000000001] }),
    TransfersModule,
    AccountsModule,
    BooksModule,
  ],
})
export class LedgerModule {}
