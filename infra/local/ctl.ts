import { parseArgs } from 'node:util';
import { askControl, ControlRefused } from './control-client.js';
import type { ProcessSnapshot } from './managed-process.js';

const USAGE = `npm run ctl                                what runs, and how it is
npm run ctl -- <command> <process>         kill, freeze, thaw, restart, stop, start
npm run ctl -- kill <process> --restart    killed, and started again at once`;

const { positionals, values } = readArguments();
const [command, name] = positionals;
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (command !== undefined && name === undefined) fail(USAGE);

const rows = await (
  command === undefined
    ? askControl<ProcessSnapshot[]>('GET', '/processes')
    : askControl<ProcessSnapshot>('POST', `/processes/${name}/${command}${values.restart ? '?restart=true' : ''}`)
).catch((error: unknown) => {
  if (error instanceof ControlRefused) return fail(error.message);
  throw error;
});
for (const { name, state, pid, restarts } of [rows].flat()) {
  console.log(
    `${name.padEnd(18)} ${state.padEnd(18)} ${pid ? `pid ${pid}` : ''} ${restarts ? `restarts ${restarts}` : ''}`,
  );
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { restart: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch {
    return fail(USAGE);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
