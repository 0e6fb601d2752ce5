// The supervisor behind `npm start`. start.mjs prepares everything that it needs to run.
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startControlServer } from './control-server.js';
import { UnknownProcess } from './instances.js';
import { ProcessFailed } from './managed-process.js';
import { PortsTaken, portsFromEnvironment } from './ports.js';
import { repositoryRoot } from './repository.js';
import { AlreadyRunning } from './run-file.js';
import { startRuntime, type Runtime } from './runtime.js';
import { terminalProgress } from './terminal-progress.js';
import { welcome } from './welcome.js';

const USAGE = `npm start [-- --instances payments-api=2 …]

Starts Postgres, Kafka, the banks and every service, and stops them on Ctrl-C.
Ports and everything else that can be set: docs/configuration.md`;

/** A terminal's Ctrl-C arrives twice, from the terminal and passed on by npm: so soon after the first it is no second one. */
const SAME_CTRL_C_MS = 500;

const { values } = parseArgs({
  options: { instances: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const startedAt = performance.now();
const progress = terminalProgress(process.stdout);
const cancelStart = new AbortController();
let runtime: Runtime | undefined;
let stopAskedAt: number | undefined;
let closeControl = async (): Promise<void> => {};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void onStopSignal());

try {
  const ports = portsFromEnvironment(process.env);
  runtime = await startRuntime({
    dataDir: resolve(repositoryRoot, process.env.HOLDFAST_DATA_DIR ?? '.holdfast'),
    ports,
    alsoBinds: ['control'],
    instances: Object.fromEntries(values.instances.map(instanceCount)),
    kafka: process.env.HOLDFAST_KAFKA === 'container' ? 'container' : 'jvm',
    kafkaPartitions: Number(process.env.KAFKA_PARTITIONS ?? 4),
    ...(process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {}),
    ...(process.env.KAFKA_BROKERS ? { kafkaBrokers: process.env.KAFKA_BROKERS } : {}),
    progress,
    signal: cancelStart.signal,
  });
  const control = await startControlServer(runtime, ports.control);
  closeControl = () => control.close();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    welcome({
      seconds,
      urls: runtime.urls,
      controlUrl: control.url,
      logs: relative(process.cwd(), runtime.logsDir),
      data: relative(process.cwd(), join(runtime.runDir, '..')),
    }),
  );
} catch (error) {
  const told = [PortsTaken, AlreadyRunning, ProcessFailed, UnknownProcess].some((known) => error instanceof known);
  if (stopAskedAt === undefined) console.error(`\n${told ? (error as Error).message : (error as Error).stack}`);
  process.exit(stopAskedAt === undefined ? 1 : 130);
}

async function onStopSignal(): Promise<void> {
  const now = performance.now();
  if (stopAskedAt !== undefined && now - stopAskedAt < SAME_CTRL_C_MS) return;
  const first = stopAskedAt === undefined;
  stopAskedAt ??= now;
  if (!runtime) {
    if (first) console.log('\nStopped before it was ready.');
    return cancelStart.abort();
  }
  if (!first) {
    console.log('Killing what is left.');
    return runtime.killNow();
  }
  console.log('\nStopping. Ctrl-C again kills.');
  await closeControl();
  await runtime.stop();
  console.log('Stopped.');
  process.exit(0);
}

function instanceCount(text: string): [string, number] {
  const [name = '', count] = text.split('=');
  if (!Number.isInteger(Number(count)) || Number(count) < 1) {
    console.error(`--instances ${text}: write it as payments-api=2`);
    process.exit(1);
  }
  return [name, Number(count)];
}
