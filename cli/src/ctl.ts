import { askControl, ControlRefused } from '../../infra/local/control-client.js';
import type { ProcessSnapshot } from '../../infra/local/managed-process.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { asksForHelp, CommandError, type Command } from './command.js';
import { ComposeRefused, controlCompose, lineOf } from './ctl/control-compose.js';
import { parseCtlCommand, type CtlCommand } from './ctl/ctl-command.js';
import { findSystem } from './system/find-system.js';

const usage = `holdfast ctl                                what runs, and how it is
holdfast ctl <command> <process>            kill, freeze, thaw, restart, stop, start
holdfast ctl kill <process> --restart       killed, and started again at once

A process is a service, an instance of one (ledger-2), kafka or postgres. A command returns once it has taken effect.
Under docker compose these are docker compose kill, pause, unpause, restart, stop and start, of all containers of a service.`;

export const ctl: Command = async (words) => {
  if (asksForHelp(words)) {
    console.log(usage);
    return 0;
  }
  const command = parseCtlCommand(words);
  if (process.env.HOLDFAST_CONTAINER)
    throw new CommandError(
      'A container cannot control its neighbours: on the host, docker compose kill, pause, unpause, restart, stop, start.',
    );
  const system = await findSystem('Processes of a system elsewhere are controlled where they run.');
  const rows = system.kind === 'compose' ? await controlContainers(command) : await controlSupervised(command);
  for (const row of rows) console.log(lineOf(row));
  return 0;
};

const controlContainers = (command: CtlCommand | undefined) =>
  controlCompose(repositoryRoot, command).catch((error: unknown) => {
    throw error instanceof ComposeRefused ? new CommandError(error.message) : error;
  });

async function controlSupervised(command: CtlCommand | undefined) {
  const asked =
    command === undefined
      ? askControl<ProcessSnapshot[]>('GET', '/processes')
      : askControl<ProcessSnapshot>(
          'POST',
          `/processes/${command.process}/${command.verb}${command.again ? '?restart=true' : ''}`,
        );
  const found = await asked.catch((error: unknown) => {
    throw error instanceof ControlRefused ? new CommandError(error.message) : error;
  });
  return [found].flat().map(({ name, state, pid, restarts }) => ({
    name,
    state,
    details: [...(pid ? [`pid ${pid}`] : []), ...(restarts ? [`restarts ${restarts}`] : [])].join(' '),
  }));
}
