import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProcessSnapshot } from './managed-process.js';
import { repositoryRoot } from './repository.js';

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

const runDir = join(resolve(repositoryRoot, process.env.HOLDFAST_DATA_DIR ?? '.holdfast'), 'run');
const [url, token] = await Promise.all([read('control-url'), read('control-token')]);

const path = command === undefined ? '/processes' : `/processes/${name}/${command}`;
const response = await fetch(`${url}${path}${values.restart ? '?restart=true' : ''}`, {
  method: command === undefined ? 'GET' : 'POST',
  headers: { authorization: `Bearer ${token}` },
}).catch(() => fail(`Nothing answers at ${url}: start it with npm start.`));
const body = (await response.json()) as ProcessSnapshot[] | ProcessSnapshot | { error: string };
if ('error' in body) fail(body.error);
const rows: readonly ProcessSnapshot[] = Array.isArray(body) ? body : [body];
for (const { name, state, pid, restarts } of rows) {
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

async function read(file: string): Promise<string> {
  return readFile(join(runDir, file), 'utf8').catch(() => fail('It does not run: start it with npm start.'));
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
