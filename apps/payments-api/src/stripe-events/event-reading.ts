import { Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { ListPages } from '../lists/list-pages.js';
import { boundsOf, type ListCursor, type ListPlace } from '../protocol/list-parameters.js';
import { resourceMissing } from '../protocol/stripe-error.js';
import type { EventListParameters } from './event-list-parameters.js';
import { stripeEventObject } from './stripe-event.js';
import { findEvent, listEvents, type FoundEvent } from './stripe-event.repository.js';

const URL = '/v1/events';

/** GET routes of events. */
@Injectable()
export class EventReading {
  constructor(
    private readonly database: Database,
    private readonly pages: ListPages,
  ) {}

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string): Promise<object> {
    const found = await findEvent(this.database, account, id);
    if (!found) throw resourceMissing('event', id, 'id');
    return objectOf(found);
  }

  /** @throws StripeError 400 for a cursor that names no event of the account */
  async list(account: string, { page, cursor, filters }: EventListParameters): Promise<object> {
    const bounds = boundsOf(page, cursor, cursor && (await this.placeOf(account, cursor)));
    return this.pages.read({
      url: URL,
      account,
      page,
      bounds,
      load: (within, limit) =>
        listEvents(this.database, { ...within, direction: page.direction, limit, account, filters }),
      placeOf,
      show: () => Promise.resolve(objectOf),
    });
  }

  private async placeOf(account: string, { param, id }: ListCursor): Promise<ListPlace> {
    const found = await findEvent(this.database, account, id);
    if (!found) throw resourceMissing('event', id, param, 400);
    return placeOf(found);
  }
}

const objectOf = ({ event, pending }: FoundEvent): object => stripeEventObject(event, pending);

const placeOf = ({ event: { createdAt, id } }: FoundEvent): ListPlace => ({ createdAt, id });
