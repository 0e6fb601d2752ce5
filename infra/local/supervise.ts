import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart } from './cannot-start.js';
import { startControlServer } from './control-server.js';
import { TerminalOutput } from './output.js';
import type { RuntimeOptions } from './runtime-options.js';
import { startRuntime, type Runtime } from './runtime.js';
import { supervisorSettings } from './supervisor-settings.js';
import { terminalProgress } from './terminal-progress.js';
import { welcome } from './welcome.js';

const USAGE = `npm start [-- --instances payments-api=2 …]

Starts Postgres, Kafka, the banks and every service, and stops them on Ctrl-C.
Ports and everything else that can be set: docs/configuration.md`;

/** A terminal's Ctrl-C arrives twice, from the terminal and passed on by npm: so soon after the first it is no second one. */
const SAME_CTRL_C_MS = 500;

/**
 * Runs the supervisor until it is asked to end: by a signal, or by the end of whoever started it with a channel to it.
 *
 * @param args of the command line
 * @param instead what a test replaces
 */
export async function supervise(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  instead: Partial<RuntimeOptions> = {},
): Promise<void> {
  const output = new TerminalOutput(1, process.stdout.isTTY ? process.stdout.columns : undefined);
  const errors = new TerminalOutput(2);
  // Nothing else is to write to these two, but Node may, and a reader that is gone must not end the supervisor.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const startedAt = performance.now();
  const progress = terminalProgress(output);
  const cancelStart = new AbortController();
  let runtime: Runtime | undefined;
  let stopAskedAt: number | undefined;
  let closeControl = async (): Promise<void> => {};

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void onStopSignal());
  // start.mjs has ended without a word. Nobody is left to ask us to stop.
  process.once('disconnect', () => stopAskedAt ?? void onStopSignal());
  for (const kind of ['uncaughtException', 'unhandledRejection']) process.on(kind, (error) => void endForABug(error));

  try {
    const instances = readInstances(args);
    const settings = supervisorSettings(env);
    runtime = await startRuntime({
      ...settings,
      alsoBinds: ['control'],
      instances,
      progress,
      signal: cancelStart.signal,
      ...instead,
    });
    const control = await startControlServer(runtime, runtime.ports.control);
    closeControl = () => control.close();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    output.line(
      welcome({
        seconds,
        urls: runtime.urls,
        controlUrl: control.url,
        ...(runtime.kafkaReaderFile !== undefined && {
          kafka: { brokers: runtime.kafkaBrokers, readerFile: relative(process.cwd(), runtime.kafkaReaderFile) },
        }),
        logs: relative(process.cwd(), runtime.logsDir),
        data: relative(process.cwd(), join(runtime.runDir, '..')),
      }),
    );
  } catch (error) {
    if (stopAskedAt === undefined) errors.line(`\n${error instanceof CannotStart ? error.message : textOf(error)}`);
    await runtime?.stop();
    await end(stopAskedAt === undefined ? 1 : 130);
  }

  async function onStopSignal(): Promise<void> {
    const now = performance.now();
    if (stopAskedAt !== undefined && now - stopAskedAt < SAME_CTRL_C_MS) return;
    const first = stopAskedAt === undefined;
    stopAskedAt ??= now;
    if (!runtime) {
      if (first) output.line('\nStopped before it was ready.');
      return cancelStart.abort();
    }
    if (!first) {
      output.line('Killing what is left.');
      return runtime.killNow();
    }
    output.line('\nStopping. Ctrl-C again kills.');
    await closeControl().catch((error: Error) => errors.line(error.message));
    await runtime.stop();
    output.line('Stopped.');
    await end(0);
  }

  /** Rather than leave everything to itself. */
  async function endForABug(error: unknown): Promise<void> {
    errors.line(`The supervisor has a bug, and ends everything:\n${textOf(error)}`);
    cancelStart.abort();
    await runtime?.killNow();
    await end(1);
  }

  async function end(code: number): Promise<never> {
    await Promise.all([output.flush(), errors.flush()]);
    process.exit(code);
  }
}

/** @throws CannotStart with the usage */
function readInstances(args: readonly string[]): Record<string, number> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { instances: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean' } },
    }));
  } catch (error) {
    throw new CannotStart(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return Object.fromEntries(values.instances.map(instanceCount));
}

function instanceCount(text: string): [string, number] {
  const [name = '', count] = text.split('=');
  if (!Number.isInteger(Number(count)) || Number(count) < 1) {
    throw new CannotStart(`--instances ${text}: write it as payments-api=2`);
  }
  return [name, Number(count)];
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
