import { randomBytes } from 'node:crypto';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart } from './cannot-start.js';
import { startControlServer } from './control-server.js';
import { TerminalOutput } from './output.js';
import type { RuntimeOptions } from './runtime-options.js';
import { startRuntime, type Runtime } from './runtime.js';
import { consoleService, services } from './services.js';
import { repositoryRoot } from './repository.js';
import { supervisorSettings } from './supervisor-settings.js';
import { terminalProgress } from './terminal-progress.js';
import { SourceWatch } from './watch/source-watch.js';
import { welcome } from './welcome.js';

const USAGE = `npm start [-- --instances payments-api=2 …]     npm run dev [-- …]

Starts Postgres, Kafka, the banks and every service, and stops them on Ctrl-C.
npm run dev also watches the sources: it compiles what changes, and restarts the services that import it.
Ports and everything else that can be set: docs/configuration.md`;

/** A terminal's Ctrl-C arrives twice, from the terminal and passed on by npm: so soon after the first it is no second one. */
const SAME_CTRL_C_MS = 500;

/**
 * Runs the supervisor until a signal, or until the parent process that holds an IPC channel to it ends.
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
  let sourceWatch: SourceWatch | undefined;

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void onStopSignal());
  // start.mjs ended without a signal, so no other process will stop this one.
  process.once('disconnect', () => stopAskedAt ?? void onStopSignal());
  for (const kind of ['uncaughtException', 'unhandledRejection']) process.on(kind, (error) => void endForABug(error));

  try {
    const { instances, watch } = readArguments(args);
    const settings = supervisorSettings(env);
    const consoleToken = env.CONSOLE_TOKEN || randomBytes(18).toString('base64url');
    runtime = await startRuntime({
      ...settings,
      services: [...services, consoleService],
      serviceEnv: { console: { CONSOLE_TOKEN: consoleToken } },
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
        consoleToken,
        ...(runtime.kafkaReaderFile !== undefined && {
          kafka: { brokers: runtime.kafkaBrokers, readerFile: relative(process.cwd(), runtime.kafkaReaderFile) },
        }),
        logs: relative(process.cwd(), runtime.logsDir),
        data: relative(process.cwd(), join(runtime.runDir, '..')),
      }),
    );
    if (watch) {
      sourceWatch = watchSources(runtime, (line) => output.line(line));
      output.line('Watching the sources: what changes is compiled, and the services that import it start again.\n');
    }
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
    void sourceWatch?.close();
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

/** Paths in what is said are of sources, which the services were compiled from. */
function watchSources(runtime: Runtime, say: (line: string) => void): SourceWatch {
  return new SourceWatch({
    root: repositoryRoot,
    folders: ['apps', 'libs', 'cli'],
    services: [...services, consoleService].map(({ name, entry }) => ({
      name,
      source: entry.replace(/^dist\/(.*)\.js$/, '$1.ts'),
    })),
    restart: (service) => restartAll(runtime, service),
    say: (line) => say(`${new Date().toLocaleTimeString('en-GB')}  ${line}`),
  });
}

/** All instances of a service, but for one that an operator has killed or frozen. */
async function restartAll(runtime: Runtime, service: string): Promise<void> {
  const instances = runtime
    .processes()
    .filter(({ name, state }) => name.replace(/-\d+$/, '') === service && state !== 'frozen' && state !== 'killed');
  await Promise.all(instances.map(({ name }) => runtime.control.restart(name)));
}

/** @throws CannotStart with the usage */
function readArguments(args: readonly string[]): { instances: Record<string, number>; watch: boolean } {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        instances: { type: 'string', multiple: true, default: [] },
        watch: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new CannotStart(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return { instances: Object.fromEntries(values.instances.map(instanceCount)), watch: values.watch };
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
