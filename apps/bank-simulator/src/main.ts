import { pino } from 'pino';
import { SystemClock } from '#clock';
import { createBankSimulator } from './bank-simulator.module.js';
import { BadEnvironment } from './settings.js';

try {
  const output = pino.destination({ dest: 1, sync: true });
  output.on('error', () => undefined); // a full disk below it costs lines, not the banks
  const logger = pino({ name: 'bank-simulator' }, output);
  const simulator = await createBankSimulator({ clock: new SystemClock(), logger });

  const stop = (signal: string): void => {
    logger.info({ signal }, 'stopping');
    simulator.close().then(
      () => logger.info('stopped'),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  logger.info({ admin: simulator.adminUrl, banks: simulator.urls }, 'ready');
} catch (error) {
  process.stderr.write(`${error instanceof BadEnvironment ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
