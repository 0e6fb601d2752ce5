import type { INestApplication, Type } from '@nestjs/common';
import { createLog, type Log } from '#telemetry';
import { createService, startService, type NestService, type PublicDoor } from './nest-service.js';
import { PortTakenError } from './port-taken.js';
import { SettingsError } from './read-settings.js';
import { Shutdown } from './shutdown.js';
import { LOG } from './tokens.js';

/**
 * A process from its first line to its last: creates the service, which waits for Postgres and Kafka; says
 * when it is ready; ends in order on SIGTERM or SIGINT, within 10 s. What nobody expected is logged and
 * ends it with exit code 1.
 */
export async function runService<App extends INestApplication>(
  root: Type,
  options: { public?: PublicDoor<App> } = {},
): Promise<void> {
  let service: NestService | undefined;
  let log = createLog({ service: root.name, instance: String(process.pid) });

  const die = (error: unknown, what: string): never => {
    // The operator's to mend: the message says how, and a stack would only hide it.
    if (error instanceof SettingsError || error instanceof PortTakenError) log.fatal(error.message);
    else log.fatal({ err: error }, what);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => die(error, 'an error that nobody caught'));
  process.on('unhandledRejection', (error) => die(error, 'a rejection that nobody handled'));

  // Once: a second Ctrl-C ends the process at once.
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));

  async function stop(signal: NodeJS.Signals): Promise<void> {
    // All that can be under way is a migration, which rolls back.
    if (!service) process.exit(0);
    log.info({ signal }, 'shutting down');
    const clean = await service.get(Shutdown).run();
    log.info({ clean }, 'stopped');
    process.exit(clean ? 0 : 1);
  }

  try {
    service = await createService(root, { log, public: options.public });
    log = service.get<Log>(LOG);
    await startService(service);
  } catch (error) {
    if (!service?.get(Shutdown).begun) die(error, 'could not start');
  }
}
