import { Module } from '@nestjs/common';
import { ServiceModule } from '#service';
import { LedgerAccountsModule } from './accounts/accounts.module.js';
import { BooksModule } from './books/books.module.js';
import { entities } from './entities.js';
import { ledgerDatabase } from './ledger-database.js';
import { ReconciliationModule } from './reconciliation/reconciliation.module.js';
import { LedgerRefundsModule } from './refunds/refunds.module.js';
import { ledgerConfig } from './settings.js';
import { StraysModule } from './strays/strays.module.js';
import { HoldsModule } from './holds/holds.module.js';

@Module({
  imports: [
    ServiceModule.forRoot({ name: 'ledger', database: ledgerDatabase, entities, settings: ledgerConfig }),
    HoldsModule,
    LedgerRefundsModule,
    StraysModule,
    ReconciliationModule,
    LedgerAccountsModule,
    BooksModule,
  ],
})
export class LedgerModule {}
