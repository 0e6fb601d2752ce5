import { z } from 'zod';
import { entrySchema } from '../bank-protocol/index.js';
import { defineKeyedEvent } from '../event.js';
import { bank } from '../fields.js';

export const statementPublished = defineKeyedEvent({
  producer: 'bank',
  name: 'statement_published',
  version: 1,
  meaning: 'A page of a bank’s statement: what it says it performed, in its own order.',
  key: (page) => page.bank,
  subject: (page) => `${page.bank}.${page.after}.${page.through}.${page.askedAt}`,
  schema: z.strictObject({
    bank,
    /** The page holds the entries whose `seq` is above this… */
    after: z.int().nonnegative(),
    /** …up to and including this; equal to `after` when nothing was added. At or below it nothing ever will be. */
    through: z.int().nonnegative(),
    /** True when the statement went no further at the moment it was asked for. */
    isLast: z.boolean(),
    /**
     * When the gateway sent its question, by its own clock, in milliseconds since the epoch, less what the bank's
     * answer lagged behind: what happened before is in it.
     */
    askedAt: z.int(),
    entries: z.array(entrySchema),
  }),
});
export type StatementPublished = z.infer<typeof statementPublished.schema>;
