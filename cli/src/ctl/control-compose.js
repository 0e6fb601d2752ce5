// `holdfast ctl` for containers. Plain JavaScript: where compose runs everything, nothing is compiled on the host, and
// a container cannot control its neighbours.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export const composeVerbs = {
  kill: 'kill',
  freeze: 'pause',
  thaw: 'unpause',
  restart: 'restart',
  stop: 'stop',
  start: 'start',
};
const LOOK_EVERY_MS = 250;
/** Time limit of a container's start. */
const READY_WITHIN_MS = 60_000;

export class ComposeRefused extends Error {}

export const composeIn = (folder) => [
  'compose',
  '--project-directory',
  folder,
  '--file',
  join(folder, 'docker-compose.yml'),
];

export async function controlCompose(folder, command) {
  if (command === undefined) return containersOf(folder);
  const { verb, process: service, again } = command;
  await docker(folder, composeVerbs[verb], service);
  if (again) await docker(folder, 'start', service);
  if (!again && ['kill', 'freeze', 'stop'].includes(verb)) return containersOf(folder, service);
  for (const untilMs = performance.now() + READY_WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    const containers = await containersOf(folder, service);
    if (containers.every(({ state }) => state === 'ready')) return containers;
    if (performance.now() > untilMs)
      throw new ComposeRefused(
        `${service} is not ready after ${READY_WITHIN_MS / 1_000} s: docker compose logs ${service}.`,
      );
  }
}

export const lineOf = ({ name, state, details }) => `${name.padEnd(18)} ${state.padEnd(18)} ${details}`.trimEnd();

async function containersOf(folder, ...services) {
  const format = '{{.Service}}\t{{.State}}\t{{.Health}}\t{{.Name}}';
  const lines = (await docker(folder, 'ps', '--all', '--format', format, ...services)).split('\n').filter(Boolean);
  return lines
    .map((line) => line.split('\t'))
    .map(([name, state, health, details]) => ({ name, state: stateOf(state, health), details }));
}

/** State of a container, in the supervisor's terms if there is one. */
function stateOf(state, health) {
  if (state === 'paused') return 'frozen';
  if (state !== 'running') return state;
  return health === 'healthy' || health === '' ? 'ready' : health;
}

async function docker(folder, ...words) {
  const { stdout } = await promisify(execFile)('docker', [...composeIn(folder), ...words]).catch((error) => {
    throw new ComposeRefused(`docker compose ${words.join(' ')}: ${error.stderr?.trim() || error.message}`);
  });
  return stdout;
}
