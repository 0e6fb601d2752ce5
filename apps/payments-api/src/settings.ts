import { milliseconds, port } from '#service';
import { z } from 'zod';

/** Known to everyone who has read this line: fit for a developer's machine only. */
export const developmentSecret = 'holdfast development secret, not for production';

const count = z.coerce.number().int().min(1);

/** What this service reads from its environment, beside the frame's own settings. */
export const paymentsSettings = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  /** `sandbox`: any sk_test_ key opens an account of its own. `strict`: provisioned keys only. */
  API_KEYS: z.enum(['sandbox', 'strict']).default('sandbox'),
  /** Keys every hash that is stored: of API keys, card numbers, request parameters. */
  API_SECRET: z.string().min(16).default(developmentSecret),
  ANSWER_WITHIN_MS: milliseconds.default(10_000),
  COMMIT_WITHIN_MS: milliseconds.default(3_000),
  ADMIT_UNCOMMITTED: count.default(512),
  ADMIT_UNSETTLED: count.default(10_000),
  ADMIT_UNSETTLED_PER_NETWORK: count.default(2_000),
  ADMIT_UNSETTLED_PER_ACCOUNT: count.default(10_000),
});
export type PaymentsSettings = z.infer<typeof paymentsSettings>;
