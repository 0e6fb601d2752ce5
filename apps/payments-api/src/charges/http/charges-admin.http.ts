import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { AdminServer } from '#service';
import { keyStory } from '../../idempotency/key.views.repository.js';
import { refundStory } from '../store/refund.repository.js';
import { chargeStory, unsettledCharges } from '../store/charge-rows.repository.js';

const SHOWN_MAX = 1_000;

/** Operators' view of a charge. */
@Injectable()
export class ChargesAdmin {
  constructor(@Inject(AdminServer) admin: AdminServer, @Inject(Database) database: Database) {
    admin.get('/charges/:id', ({ params }) => chargeStory(database, params['id']!));
    admin.get('/refunds/:id', ({ params }) => refundStory(database, params['id']!));
    admin.get('/unsettled', () => unsettledCharges(database, SHOWN_MAX));
    admin.get('/keys/:account/:key', ({ params }) =>
      keyStory(database, { account: params['account']!, key: params['key']! }),
    );
  }
}
