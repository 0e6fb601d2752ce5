import { z } from 'zod';
import { bankProtocol } from '#contracts';
import { allowedHosts, type AllowedHosts } from '#local-door';

const { bankNames, bankProfiles, byBank } = bankProtocol;
const portVariable = <Name extends bankProtocol.BankName>(name: Name) =>
  `BANK_${name.toUpperCase() as Uppercase<Name>}_PORT` as const;
const port = (otherwise: number) => z.coerce.number().int().min(0).max(65_535).default(otherwise);

const bankPorts = Object.fromEntries(
  bankNames.map((name) => [portVariable(name), port(bankProfiles[name].defaultPort)]),
) as Record<ReturnType<typeof portVariable<bankProtocol.BankName>>, ReturnType<typeof port>>;

const schema = z.object({
  BANKS_HOST: z.string().min(1).default('127.0.0.1'),
  ...bankPorts,
  BANKS_ADMIN_HOST: z.string().min(1).default('127.0.0.1'),
  BANKS_ADMIN_PORT: port(3010),
  ALLOWED_HOSTS: allowedHosts,
  BANKS_DATA_DIR: z.string().min(1).default('.holdfast/banks'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export interface BanksSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly ports: Readonly<Record<bankProtocol.BankName, number>>;
  /** Names under which the banks and their admin door answer, beside localhost and IP addresses. */
  readonly allowedHosts: AllowedHosts;
  readonly dataDir: string;
  readonly adminHost: string;
  /** 0 takes a free port. */
  readonly adminPort: number;
  readonly logLevel: string;
}

export class BadEnvironment extends Error {
  readonly code = 'bad_environment';
}

/**
 * @throws BadEnvironment with a line per variable that cannot be used
 */
export function settingsFrom(environment: Record<string, string | undefined>): BanksSettings {
  const read = schema.safeParse(environment);
  if (!read.success) {
    const lines = read.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name}=${environment[name]}: ${message}`;
    });
    throw new BadEnvironment(lines.join('\n'));
  }
  const values = read.data;
  return {
    host: values.BANKS_HOST,
    allowedHosts: values.ALLOWED_HOSTS,
    ports: byBank((name) => values[portVariable(name)]),
    dataDir: values.BANKS_DATA_DIR,
    adminHost: values.BANKS_ADMIN_HOST,
    adminPort: values.BANKS_ADMIN_PORT,
    logLevel: values.LOG_LEVEL,
  };
}
