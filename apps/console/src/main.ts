import { pino } from 'pino';
import { SystemClock } from '#clock';
import { createConsole } from './console.module.js';
import { UnusableSettings } from './settings.js';

try {
  const output = pino.destination({ dest: 1, sync: true });
  output.on('error', () => undefined); // a full disk below it costs lines, not the console
  const logger = pino({ name: 'console' }, output);
  const console = await createConsole({ clock: new SystemClock(), logger });

  const stop = (signal: string): void => {
    logger.info({ signal }, 'stopping');
    console.close().then(
      () => logger.info('stopped'),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  logger.info({ url: console.url, link: console.link }, 'ready');
} catch (error) {
  process.stderr.write(`${error instanceof UnusableSettings ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
