import { askControl, ControlRefused } from '../../../infra/local/control-client.js';
import type { Urls } from '../../../infra/local/instances.js';
import type { Doors } from './evidence.client.js';

/** For a system that `npm start` does not run: comma separated, one URL per instance. */
const variables = {
  payments: 'PAYMENTS_ADMIN_URL',
  gateway: 'GATEWAY_ADMIN_URL',
  ledger: 'LEDGER_ADMIN_URL',
  banks: 'BANKS_ADMIN_URL',
} as const satisfies Record<keyof Doors, string>;

/**
 * Where the running system's admin APIs are: as the environment says, when it says anything, else as its supervisor does.
 *
 * @throws ControlRefused when neither does
 */
export async function findDoors(environment: NodeJS.ProcessEnv): Promise<Doors> {
  const named = (name: keyof Doors): string[] =>
    (environment[variables[name]] ?? '')
      .split(',')
      .map((url) => url.trim().replace(/\/$/, ''))
      .filter(Boolean);
  const given = {
    payments: named('payments'),
    gateway: named('gateway'),
    ledger: named('ledger'),
    banks: named('banks'),
  };
  if (Object.values(given).some((urls) => urls.length > 0)) return given;
  const { admin, banksAdmin } = await askControl<Urls>('GET', '/urls').catch((error: unknown) => {
    if (!(error instanceof ControlRefused)) throw error;
    throw new ControlRefused(
      `${error.message} For a system elsewhere, say where its admin APIs are: ${Object.values(variables).join(', ')}.`,
    );
  });
  const instancesOf = (service: string): string[] =>
    Object.entries(admin)
      .filter(([name]) => name === service || name.startsWith(`${service}-`))
      .map(([, url]) => url);
  return {
    payments: instancesOf('payments-api'),
    gateway: instancesOf('bank-gateway'),
    ledger: instancesOf('ledger'),
    banks: [banksAdmin],
  };
}
