// npm run ctl                                  what runs, and how it is
// npm run ctl -- kill ledger [--restart]       also: freeze, thaw, restart, stop, start
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProcessSnapshot } from './managed-process.js';
import { repositoryRoot } from './repository.js';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { restart: { type: 'boolean' } } });
const [command, name] = positionals;
const runDir = join(resolve(repositoryRoot, process.env.HOLDFAST_DATA_DIR ?? '.holdfast'), 'run');
const [url, token] = await Promise.all([read('control-url'), read('control-token')]);

const path = command === undefined ? '/processes' : `/processes/${name ?? ''}/${command}`;
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

async function read(file: string): Promise<string> {
  return readFile(join(runDir, file), 'utf8').catch(() => fail('It does not run: start it with npm start.'));
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
