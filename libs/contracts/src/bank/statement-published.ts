import { z } from 'zod';
import { entrySchema } from '../bank-protocol/index.js';
import { defineKeyedEvent } from '../event.js';
import { bank } from '../fields.js';

export const statementPublished = defineKeyedEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'statement_published',
  version: 1,
  meaning: 'A page of a bank’s statement: its performances in the order of its journal.',
  key: (page) => page.bank,
  subject: (page) => `${page.bank}.${page.after}.${page.through}.${page.askedAt}`,
  schema: z.strictObject({
    bank,
    /** The page has the entries with a `seq` above this… */
    after: z.int().nonnegative(),
    /** …up to and including this; equal to `after` for an empty page. No entry is ever added at or below it. */
    through: z.int().nonnegative(),
    /** True if the statement had no further entries at the time of the request. */
    isLast: z.boolean(),
    /** The time of the request on the gateway's clock, less the lag of the answer: earlier performances are in the statement. */
    askedAt: z.int(),
    entries: z.array(entrySchema),
  }),
});
export type StatementPublished = z.infer<typeof statementPublished.schema>;
