import type { AdminDoors } from '#charge-story';
import { askControl, ControlRefused } from '../../../infra/local/control-client.js';
import type { Urls } from '../../../infra/local/instances.js';
import { CommandError } from '../command.js';
import { doorVariables, givenDoors, type DoorOptions } from './admin-doors.js';
import { composeContainers } from './compose.client.js';
import { doorsOf, type ComposeContainer } from './compose-containers.js';

/** The system that runs here: under the supervisor of `npm start`, or in the containers of compose. */
export type FoundSystem =
  { readonly kind: 'supervised' } | { readonly kind: 'compose'; readonly containers: readonly ComposeContainer[] };

/**
 * @param elsewhere how to name a system that runs elsewhere, for the sentence
 * @throws CommandError when nothing runs here
 */
export async function findSystem(elsewhere: string): Promise<FoundSystem> {
  const refused = await askControl('GET', '/urls').then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ControlRefused) return error;
      throw error;
    },
  );
  if (refused === undefined) return { kind: 'supervised' };
  const containers = await composeContainers();
  if (containers.some(({ state }) => ['running', 'paused', 'restarting'].includes(state)))
    return { kind: 'compose', containers };
  throw new CommandError(`${refused.message} ${elsewhere}`);
}

/** @throws CommandError when nothing says where they are */
export async function findDoors(options: DoorOptions): Promise<AdminDoors> {
  const given = givenDoors(options, process.env);
  if (given) return given;
  const system = await findSystem(`For a system elsewhere, say where its admin APIs are: ${doorVariables.join(', ')}.`);
  if (system.kind === 'compose') return doorsOf(system.containers);
  const { admin, banksAdmin } = await askControl<Urls>('GET', '/urls');
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
