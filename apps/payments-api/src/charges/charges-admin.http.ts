import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { AdminServer } from '#service';
import { readKeys } from '../idempotency/key.repository.js';
import { internalKey, nameOf } from '../idempotency/key.js';
import { chargeStory, unsettledCharges } from './charge-rows.repository.js';

const SHOWN_MAX = 1_000;

/** What operators may look at. */
@Injectable()
export class ChargesAdmin {
  constructor(@Inject(AdminServer) admin: AdminServer, @Inject(Database) database: Database) {
    admin.get('/charges/:id', ({ params }) => chargeStory(database, params['id']!));
    admin.get('/unsettled', () => unsettledCharges(database, SHOWN_MAX));
    admin.get('/keys/:account/:key', async ({ params }) => {
      const account = params['account']!;
      // A request without a key has one of its own, made from its id.
      const names = [params['key']!, internalKey(params['key']!)].map((key) => ({ account, key }));
      const rows = await readKeys(database, names);
      return rows.get(nameOf(names[0]!)) ?? rows.get(nameOf(names[1]!));
    });
  }
}
