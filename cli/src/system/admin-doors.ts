import type { AdminDoors } from '#charge-story';
import { CommandError } from '../command.js';

/** Where an option or a variable says that an admin API is: comma separated, one URL for each instance. */
const names = {
  payments: { option: 'payments-admin-url', variable: 'PAYMENTS_ADMIN_URL' },
  gateway: { option: 'gateway-admin-url', variable: 'GATEWAY_ADMIN_URL' },
  ledger: { option: 'ledger-admin-url', variable: 'LEDGER_ADMIN_URL' },
  banks: { option: 'banks-admin-url', variable: 'BANKS_ADMIN_URL' },
} as const satisfies Record<keyof AdminDoors, { option: string; variable: string }>;

/** For `parseArgs`. */
export const doorOptions = {
  'payments-admin-url': { type: 'string' },
  'gateway-admin-url': { type: 'string' },
  'ledger-admin-url': { type: 'string' },
  'banks-admin-url': { type: 'string' },
} as const;

export type DoorOptions = { readonly [Option in keyof typeof doorOptions]?: string | undefined };

export const doorVariables = Object.values(names).map(({ variable }) => variable);

/**
 * What the command line says, else what the environment says.
 *
 * @returns undefined when neither names any
 * @throws CommandError naming what is no URL
 */
export function givenDoors(options: DoorOptions, environment: NodeJS.ProcessEnv): AdminDoors | undefined {
  const read = (name: keyof AdminDoors): string[] => {
    const { option, variable } = names[name];
    const urls = (options[option] ?? environment[variable] ?? '')
      .split(',')
      .map((url) => url.trim().replace(/\/$/, ''))
      .filter(Boolean);
    const wrong = urls.find((url) => !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''));
    if (wrong === undefined) return urls;
    const source = options[option] === undefined ? variable : `--${option}`;
    throw new CommandError(`${source}: ${wrong} is no URL like http://localhost:3001.`);
  };
  const doors = { payments: read('payments'), gateway: read('gateway'), ledger: read('ledger'), banks: read('banks') };
  return Object.values(doors).some((urls) => urls.length > 0) ? doors : undefined;
}
