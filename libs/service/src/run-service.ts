import type { INestApplication, Type } from '@nestjs/common';
import { createLog, type Log } from '#telemetry';
import { createService, startService, type NestService, type PublicDoor } from './nest-service.js';
import { PortTakenError } from './port-taken.js';
import { SettingsError } from './read-settings.js';
import { Shutdown } from './shutdown.js';
import { LOG } from './tokens.js';

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Creates the service, waits for Postgres and Kafka, logs `ready`, and shuts down in order on SIGTERM or SIGINT, within
 * 10 s. An unexpected error is logged and ends the process with exit code 1.
 */
export async function runService<App extends INestApplication>(
  root: Type,
  options: { public?: PublicDoor<App> } = {},
): Promise<void> {
  let service: NestService | undefined;
  let log = createLog({ service: root.name, instance: String(process.pid) });

  const die = (error: unknown, what: string): never => {
    // The operator can repair these errors, and the message says how: no stack.
    if (error instanceof SettingsError || error instanceof PortTakenError) log.fatal(error.message);
    else log.fatal({ err: error }, what);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => die(error, 'an error that nobody caught'));
  process.on('unhandledRejection', (error) => die(error, 'a rejection that nobody handled'));

  // Before the service exists, it has begun no work.
  const exit = (): never => process.exit(0);
  for (const signal of stopSignals) process.once(signal, exit);

  try {
    service = await createService(root, { log, public: options.public });
    log = service.get<Log>(LOG);
    endOnSignals(service, log);
    for (const signal of stopSignals) process.off(signal, exit);
    await startService(service);
  } catch (error) {
    if (!service?.get(Shutdown).begun) die(error, 'could not start');
  }
}

/** Nest calls the frame's hook on a signal. The process exits after the last phase, without Nest's own closing. */
function endOnSignals(service: NestService, log: Log): void {
  service.enableShutdownHooks([...stopSignals]);
  void exitOnceEnded(service.get(Shutdown), log);
  // Nest ignores a second signal, but a second Ctrl-C must end the process at once.
  for (const signal of stopSignals) process.once(signal, () => process.once(signal, () => process.exit(1)));
}

async function exitOnceEnded(shutdown: Shutdown, log: Log): Promise<never> {
  const clean = await shutdown.ended;
  log.info({ clean }, 'stopped');
  process.exit(clean ? 0 : 1);
}
