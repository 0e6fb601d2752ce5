import { z } from 'zod';
import { instant } from './fields.js';

/** GET /leases of every service: each name that was ever led. */
export const leaseView = z.object({
  name: z.string(),
  holder: z.string(),
  /** The fencing token: it rises with each change of the holder. */
  epoch: z.int(),
  /** Not positive when the lease has expired or was released. */
  expiresInSeconds: z.number(),
  /** Known to the holder alone: null in the answers of other instances. */
  heldSince: instant.nullable(),
});
export type LeaseView = z.infer<typeof leaseView>;
