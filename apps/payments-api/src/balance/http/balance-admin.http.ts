import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { AdminServer } from '#service';
import { accountStatement, auditBalances } from '../balance.repository.js';

/** Operators' view: one merchant's sums, and an audit of all of them. */
@Injectable()
export class BalanceAdmin {
  constructor(@Inject(AdminServer) admin: AdminServer, @Inject(Database) database: Database) {
    admin.get('/balances/:account', ({ params }) => accountStatement(database, params['account']!));
    admin.get('/balance-audit', () => auditBalances(database));
  }
}
