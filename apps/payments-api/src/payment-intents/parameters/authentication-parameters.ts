import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { hash, oneOf, text } from '../../protocol/parameter-schemas.js';

const outcome = oneOf(['succeeded', 'failed']);

/** A valid `POST /v1/test_helpers/payment_intents/:id/complete_authentication`. */
export const completionParameters = hash(z.object({ expand: expand('payment_intent'), outcome }));
export type CompletionParameters = z.output<typeof completionParameters>;

/** Of the customer's page. */
export const pageParameters = hash(z.object({ client_secret: text({ max: 255 }) }));
export type PageParameters = z.output<typeof pageParameters>;

/** Of the customer's choice on that page. */
export const choiceParameters = hash(z.object({ client_secret: text({ max: 255 }), outcome }));
export type ChoiceParameters = z.output<typeof choiceParameters>;
