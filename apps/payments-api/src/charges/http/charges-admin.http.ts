import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { AdminServer } from '#service';
import { KeyViewRepository } from '../../idempotency/key-view.repository.js';
import { testCardViews } from '../../test-cards/test-card-views.js';
import { ChargeViewRepository } from '../store/charge-view.repository.js';
import { unsettledCharges } from '../store/charge-rows.repository.js';

const SHOWN_MAX = 1_000;
const LISTED_MAX = 50;

/** Operators' view of a charge. */
@Injectable()
export class ChargesAdmin {
  constructor(
    @Inject(AdminServer) admin: AdminServer,
    @Inject(Database) database: Database,
    @Inject(ChargeViewRepository) charges: ChargeViewRepository,
    @Inject(KeyViewRepository) keys: KeyViewRepository,
  ) {
    admin.get('/charges', ({ query }) => {
      const { account, state, before } = query;
      const awaiting = query['awaiting'] === undefined ? undefined : query['awaiting'] === 'true';
      const faulted = query['faulted'] === undefined ? undefined : query['faulted'] === 'true';
      return charges.list({ account, state, awaiting, faulted }, LISTED_MAX, before);
    });
    admin.get('/test-cards', () => testCardViews());
    admin.get('/key-audit', () => charges.auditKeys());
    admin.get('/charges/:id', ({ params }) => charges.find(params['id']!));
    admin.get('/refunds/:id', ({ params }) => charges.findRefund(params['id']!));
    admin.get('/unsettled', () => unsettledCharges(database, SHOWN_MAX));
    admin.get('/keys/:account/:key', ({ params }) => keys.find({ account: params['account']!, key: params['key']! }));
  }
}
