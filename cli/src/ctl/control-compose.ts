import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command.js';
import { noSuch } from '../nearest.js';
import { compose, composeContainers } from '../system/compose.client.js';
import type { ComposeContainer } from '../system/compose-containers.js';
import type { CtlCommand, Verb } from './ctl-command.js';

const composeVerbs = {
  kill: 'kill',
  freeze: 'pause',
  thaw: 'unpause',
  restart: 'restart',
  stop: 'stop',
  start: 'start',
} as const satisfies Record<Verb, string>;

const LOOK_EVERY_MS = 250;
/** Time limit of a container's start. */
const READY_WITHIN_MS = 60_000;

interface Row {
  readonly name: string;
  readonly state: string;
  readonly details?: string;
}

/** @returns the containers of the command, or all of them without a command. @throws CommandError */
export async function controlCompose(command: CtlCommand | undefined): Promise<Row[]> {
  const containers = await composeContainers();
  if (command === undefined) return containers.map(rowOf);
  const { verb, process, again } = command;
  const services = [...new Set(containers.map(({ service }) => service))];
  if (!services.includes(process)) throw new CommandError(noSuch('service', process, services.toSorted()));
  await composeDoes(verb, process);
  if (again) await composeDoes('start', process);
  const mustBeReady = again || verb === 'thaw' || verb === 'restart' || verb === 'start';
  return (await containersOnce(process, mustBeReady)).map(rowOf);
}

async function composeDoes(verb: Verb, service: string): Promise<void> {
  await compose(composeVerbs[verb], service).catch((error: Error) => {
    throw new CommandError(`docker compose ${composeVerbs[verb]} ${service}: ${error.message}`);
  });
}

async function containersOnce(service: string, mustBeReady: boolean): Promise<readonly ComposeContainer[]> {
  for (const untilMs = performance.now() + READY_WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    const containers = (await composeContainers()).filter((each) => each.service === service);
    if (!mustBeReady || containers.every(isReady)) return containers;
    if (performance.now() > untilMs)
      throw new CommandError(
        `${service} is not ready after ${READY_WITHIN_MS / 1_000} s: docker compose logs ${service}.`,
      );
  }
}

const isReady = ({ state, health }: ComposeContainer): boolean =>
  state === 'running' && (health === 'healthy' || health === '');

const rowOf = (container: ComposeContainer): Row => ({
  name: container.service,
  state: stateOf(container),
  details: container.name,
});

/** State of a container, in the supervisor's terms if there is one. */
function stateOf(container: ComposeContainer): string {
  if (isReady(container)) return 'ready';
  if (container.state === 'paused') return 'frozen';
  return container.state === 'running' ? container.health : container.state;
}
