// Runs a command of a service in the environment of the running system, or in the shell's own where DATABASE_URL is
// set there: node dist/infra/local/operate.js dist/apps/ledger/src/limit.js acct_1
import { spawn } from 'node:child_process';
import { childEnvironment, postgresVariables } from './child-environment.js';
import { askControl, ControlRefused } from './control-client.js';
import { everyService, services } from './services.js';

const running = process.env.DATABASE_URL
  ? { DATABASE_URL: process.env.DATABASE_URL }
  : await askControl<Record<string, string>>('GET', '/environment').catch((error: unknown) => {
      if (!(error instanceof ControlRefused)) throw error;
      console.error(error.message);
      process.exit(1);
    });
const alsoMeant = [
  'KAFKA_BROKERS',
  ...everyService,
  ...services.flatMap(({ settings }) => settings),
  ...(process.env.DATABASE_URL ? postgresVariables() : []),
];
const env = { ...running, ...childEnvironment('service', { alsoMeant }) };
spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit', env }).once(
  'exit',
  (code) => (process.exitCode = code ?? 1),
);
