import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { AdminDoors } from '#charge-story';
import { allowedHosts, type AllowedHosts } from '#local-door';

const port = (otherwise: number) => z.coerce.number().int().min(0).max(65_535).default(otherwise);
/** URLs separated by commas, one for each instance. */
const urls = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((url) => url.trim().replace(/\/$/, '')))
  .transform((list) => list.filter((url) => url !== ''))
  .pipe(z.array(z.url({ protocol: /^https?$/ })));

export const consoleSettings = z.object({
  CONSOLE_HOST: z.string().min(1).default('127.0.0.1'),
  CONSOLE_PORT: port(3004),
  ALLOWED_HOSTS: allowedHosts,
  /** Lets a page change something. Default: a new one at each start. */
  CONSOLE_TOKEN: z.string().min(16).optional(),
  /** The supervisor's `run/`, where the address and the token of its control API are. */
  SUPERVISOR_RUN_DIR: z.string().min(1).optional(),
  API_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Of the charges that the page makes. Default: four accounts of the sandbox. */
  CONSOLE_API_KEY: z.string().startsWith('sk_test_').optional(),
  PAYMENTS_ADMIN_URL: urls,
  GATEWAY_ADMIN_URL: urls,
  LEDGER_ADMIN_URL: urls,
  BANKS_ADMIN_URL: urls,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** Several, so that the limits of one account are not those of the generator. */
const sandboxKeys = ['one', 'two', 'three', 'four'].map((account) => `sk_test_console_${account}`);

export interface ConsoleSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly allowedHosts: AllowedHosts;
  readonly token: string;
  readonly supervisorRunDir: string | undefined;
  /** What the environment names; empty under a supervisor, which knows the addresses. */
  readonly doors: AdminDoors;
  readonly apiUrl: string | undefined;
  /** Keys of the accounts that the page charges for. */
  readonly apiKeys: readonly string[];
  readonly logLevel: string;
}

export class UnusableSettings extends Error {
  readonly code = 'bad_environment';
}

/** @throws UnusableSettings with a line per variable that cannot be used */
export function settingsFrom(environment: Record<string, string | undefined>): ConsoleSettings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = consoleSettings.safeParse(given);
  if (!read.success) {
    const lines = read.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name}=${/^CONSOLE_(TOKEN|API_KEY)$/.test(name) ? '…' : environment[name]}: ${message}`;
    });
    throw new UnusableSettings(lines.join('\n'));
  }
  const values = read.data;
  return {
    host: values.CONSOLE_HOST,
    port: values.CONSOLE_PORT,
    allowedHosts: values.ALLOWED_HOSTS,
    token: values.CONSOLE_TOKEN ?? randomBytes(18).toString('base64url'),
    supervisorRunDir: values.SUPERVISOR_RUN_DIR,
    doors: {
      payments: values.PAYMENTS_ADMIN_URL,
      gateway: values.GATEWAY_ADMIN_URL,
      ledger: values.LEDGER_ADMIN_URL,
      banks: values.BANKS_ADMIN_URL,
    },
    apiUrl: values.API_URL,
    apiKeys: values.CONSOLE_API_KEY === undefined ? sandboxKeys : [values.CONSOLE_API_KEY],
    logLevel: values.LOG_LEVEL,
  };
}
