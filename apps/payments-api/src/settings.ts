import { milliseconds, port, serviceSettings } from '#service';
import { z } from 'zod';
import { serviceName } from './service-name.js';

/** Public, so fit for a developer's machine only. */
export const developmentSecret = 'holdfast development secret, not for production';

const count = z.coerce.number().int().min(1);

/** Keys every hash that is stored: of API keys, card numbers, request parameters. */
export const apiSecret = z.string().min(16).default(developmentSecret);

/** What this service reads from its environment, beside the frame's own settings. */
const settings = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  /** `sandbox`: any sk_test_ key opens an account of its own. `strict`: provisioned keys only. */
  API_KEYS: z.enum(['sandbox', 'strict']).default('sandbox'),
  API_SECRET: apiSecret,
  ANSWER_WITHIN_MS: milliseconds.default(10_000),
  COMMIT_WITHIN_MS: milliseconds.default(3_000),
  REFUNDS_PER_CHARGE: count.default(100),
  ADMIT_UNCOMMITTED: count.default(512),
  ADMIT_IN_PROGRESS_PER_ACCOUNT: count.default(64),
  ADMIT_WAITING_PER_ACCOUNT: count.default(1_000),
  ADMIT_QUEUE_MS: milliseconds.default(500),
  ADMIT_UNSETTLED: count.default(10_000),
  ADMIT_UNSETTLED_PER_NETWORK: count.default(2_000),
  ADMIT_UNSETTLED_PER_ACCOUNT: count.default(10_000),
  /** Charges with fault tokens are counted apart, so that they shed only each other. */
  ADMIT_UNSETTLED_WITH_FAULT: count.default(2_000),
  ADMIT_UNSETTLED_WITH_FAULT_PER_ACCOUNT: count.default(500),
});
/** With the secret, card numbers can be guessed from stored hashes, so strict mode refuses the public default. */
export const paymentsSettings = settings.refine(
  ({ API_KEYS, API_SECRET }) => API_KEYS !== 'strict' || API_SECRET !== developmentSecret,
  { path: ['API_SECRET'], error: 'API_KEYS=strict needs a secret of your own, for the default one is published' },
);
export const paymentsConfig = serviceSettings(serviceName, paymentsSettings);
export type PaymentsSettings = ReturnType<typeof paymentsConfig>;
