#!/usr/bin/env node
// npx holdfast: runs the compiled command on the project's own Node. Without a build, because the system runs in
// containers, the command runs in a container too.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const words = process.argv.slice(2);
const main = path('dist/cli/src/main.js');
if (existsSync(main)) {
  const ownNode = path('node_modules/node/bin/node');
  run(existsSync(ownNode) ? ownNode : process.execPath, ['--no-warnings', main, ...words]);
} else {
  const compose = ['compose', '--project-directory', path('.'), '--file', path('docker-compose.yml')];
  if (isUp(compose)) run('docker', [...compose, '--progress', 'quiet', 'run', '--rm', 'holdfast', ...words]);
  else {
    console.error(
      'Nothing is built here: npm start builds and starts everything, docker compose up does in containers.',
    );
    process.exitCode = 2;
  }
}

function isUp(compose) {
  const { status, stdout } = spawnSync('docker', [...compose, 'ps', '--quiet'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 && stdout.trim() !== '';
}

function run(command, args) {
  // Ctrl-C reaches both processes. The command decides when to end, and this one returns its exit code.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  process.exitCode = spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
}
