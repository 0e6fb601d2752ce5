import { defaultLimits, type BankConfig } from '#bank-call';
import { bankProtocol } from '#contracts';
import { milliseconds, serviceSettings } from '#service';
import { z } from 'zod';

const slots = z.coerce.number().int().min(1).max(1_000);
const bankUrls = z.partialRecord(z.enum(bankProtocol.bankNames), z.url({ protocol: /^https?$/ }));

/** The gateway's settings, beside the frame's. */
export const gatewaySettings = z.object({
  /**
   * JSON, name to URL: `{"alder":"http://127.0.0.1:3011"}`. Banks that are not listed are never called.
   * Or a URL without a port: the host of all banks, each at its default port.
   */
  BANKS: z
    .string()
    .default('http://127.0.0.1')
    .transform((text, context) => {
      if (/^https?:\/\/[^:/]+$/.test(text)) return bankProtocol.bankUrlsAt(text);
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue('expected JSON, such as {"alder":"http://127.0.0.1:3011"}, or a URL without a port');
        return z.NEVER;
      }
    })
    .pipe(bankUrls),
  BANK_ATTEMPT_TIMEOUT_MS: milliseconds.default(defaultLimits.attemptTimeoutMs),
  /** The validity of an attempt on the bank's clock, at a bank that enforces it. */
  BANK_VALID_FOR_MS: milliseconds.default(3_000),
  /** The interval of reads for due operations that were not handed over in memory. */
  OPERATIONS_LOOK_EVERY_MS: milliseconds.min(10).default(1_000),
  /** The interval at which each bank's statement is read and published, if only as an empty page. */
  STATEMENT_EVERY_MS: milliseconds.min(100).default(10_000),
  BANK_IN_FLIGHT: slots.default(defaultLimits.inFlight),
  /** Calls in flight for charges with fault tokens: of all accounts, and of one. */
  BANK_ISOLATED_IN_FLIGHT: slots.default(defaultLimits.isolated.inFlight),
  BANK_ISOLATED_IN_FLIGHT_PER_ACCOUNT: slots.default(defaultLimits.isolated.inFlightPerAccount),
});
export const gatewayConfig = serviceSettings('bank-gateway', gatewaySettings);
export type GatewaySettings = ReturnType<typeof gatewayConfig>;

export function bankConfigs(settings: GatewaySettings): BankConfig[] {
  const limits = {
    ...defaultLimits,
    attemptTimeoutMs: settings.BANK_ATTEMPT_TIMEOUT_MS,
    inFlight: settings.BANK_IN_FLIGHT,
    isolated: {
      ...defaultLimits.isolated,
      inFlight: settings.BANK_ISOLATED_IN_FLIGHT,
      inFlightPerAccount: settings.BANK_ISOLATED_IN_FLIGHT_PER_ACCOUNT,
      callers: Math.max(defaultLimits.isolated.callers, 2 * settings.BANK_ISOLATED_IN_FLIGHT),
    },
  };
  return Object.values(bankProtocol.bankProfiles).flatMap((profile) => {
    const url = settings.BANKS[profile.name];
    return url === undefined ? [] : [{ ...profile, url, limits }];
  });
}
