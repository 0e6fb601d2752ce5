import type { Instant } from '#clock';
import { cardObject } from '../test-cards/card-object.js';
import type { TokenEntity } from './token.entity.js';

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/** Stripe's object. Its card's id follows from its own. */
export function tokenObject({ id, instrument, createdAt, used }: TokenEntity): object {
  return {
    id,
    object: 'token',
    card: cardObject(`card_${id.slice('tok_'.length)}`, instrument, { customer: null, metadata: {} }),
    client_ip: null,
    created: seconds(createdAt),
    livemode: false,
    type: 'card',
    used,
  };
}
