#!/usr/bin/env node
// npx holdfast: runs the compiled command on the project's own Node. Without a build, because the system runs in
// containers, the command runs in a container too, except `ctl`, which controls them from here.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ComposeRefused, composeIn, composeVerbs, controlCompose, lineOf } from './src/ctl/control-compose.js';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const folder = path('.');
const words = process.argv.slice(2);
const main = path('dist/cli/src/main.js');
if (existsSync(main)) {
  const ownNode = path('node_modules/node/bin/node');
  run(existsSync(ownNode) ? ownNode : process.execPath, ['--no-warnings', main, ...words]);
} else if (!isUp()) {
  console.error('Nothing is built here: npm start builds and starts everything, docker compose up does in containers.');
  process.exitCode = 2;
} else {
  // Help and mistakes are answered in the container.
  const [command, verb, service, ...options] = words;
  const isControl = verb === undefined || (Object.hasOwn(composeVerbs, verb) && /^\w/.test(service));
  const again = verb === 'kill' && options.join() === '--restart';
  if (command === 'ctl' && isControl && (again || options.length === 0)) await controlContainers(verb, service, again);
  else run('docker', [...composeIn(folder), '--progress', 'quiet', 'run', '--rm', 'holdfast', ...words]);
}

async function controlContainers(verb, service, again) {
  try {
    const rows = await controlCompose(folder, verb && { verb, process: service, again });
    for (const row of rows) console.log(lineOf(row));
  } catch (error) {
    if (!(error instanceof ComposeRefused)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function isUp() {
  const ps = [...composeIn(folder), 'ps', '--quiet'];
  const { status, stdout } = spawnSync('docker', ps, { encoding: 'utf8', timeout: 10_000 });
  return status === 0 && stdout.trim() !== '';
}

function run(command, args) {
  // Ctrl-C reaches both processes. The command decides when to end, and this one returns its exit code.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  process.exitCode = spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
}
