import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { AdminServer } from '#service';
import { accountStatement, auditBalances } from '../balance.repository.js';

/** What operators may look at: one merchant's sums, and whether all of them follow from their transactions. */
@Injectable()
export class BalanceAdmin {
  constructor(@Inject(AdminServer) admin: AdminServer, @Inject(Database) database: Database) {
    admin.get('/balances/:account', ({ params }) => accountStatement(database, params['account']!));
    admin.get('/balance-audit', () => auditBalances(database));
  }
}
