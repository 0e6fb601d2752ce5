// Runs a command of a service in the environment of the running system, or in the shell's own where DATABASE_URL is
// set there: node dist/infra/local/operate.js dist/apps/ledger/src/limit.js acct_1
import { spawn } from 'node:child_process';
import { askControl, ControlRefused } from './control-client.js';

const environment = process.env.DATABASE_URL
  ? {}
  : await askControl<Record<string, string>>('GET', '/environment').catch((error: unknown) => {
      if (!(error instanceof ControlRefused)) throw error;
      console.error(error.message);
      process.exit(1);
    });
spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit', env: { ...environment, ...process.env } }).once(
  'exit',
  (code) => (process.exitCode = code ?? 1),
);
