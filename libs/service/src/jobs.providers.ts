import type { FactoryProvider } from '@nestjs/common';
import type { Clock } from '#clock';
import { forgetLostContenders, Leases } from '#leases';
import { Database, type PgTransaction } from '#postgres';
import { InboxRetention, Replay } from '#saga';
import { Metrics, type Log } from '#telemetry';
import { FrameJobs } from './frame-jobs.js';
import { JobRunner, type Job } from './job-runner.js';
import { Jobs } from './jobs.js';
import { Shutdown } from './shutdown.js';
import { CLOCK, LOG } from './tokens.js';

const RETENTION_EVERY_MS = 10_000;
/** How long an operator waits at most until a running service takes up a replay. */
const LOOK_FOR_REPLAYS_EVERY_MS = 1_000;

export function jobProviders(): FactoryProvider[] {
  return [
    {
      provide: JobRunner,
      inject: [Database, CLOCK, LOG, Metrics],
      useFactory: (database: Database, clock: Clock, log: Log, metrics: Metrics) =>
        new JobRunner({ clock, log, metrics, isTransient: (error) => database.isTransient(error) }),
    },
    {
      provide: Jobs,
      inject: [JobRunner, Leases, Shutdown],
      useFactory: (runner: JobRunner, leases: Leases, shutdown: Shutdown) => new Jobs(runner, leases, shutdown),
    },
    {
      provide: FrameJobs,
      inject: [Replay, Database, Jobs, CLOCK, LOG],
      useFactory: (replay: Replay<PgTransaction>, database: Database, jobs: Jobs, clock: Clock, log: Log) => {
        const inbox = new InboxRetention(database, clock);
        const retention: Job = {
          name: 'retention',
          everyMs: RETENTION_EVERY_MS,
          run: async (stopped) => {
            const forgotten = await inbox.run(stopped);
            if (forgotten > 0) log.debug({ forgotten }, 'forgot old events of the inbox');
            await forgetLostContenders(database);
          },
        };
        const replays: Job = {
          name: 'replay',
          everyMs: LOOK_FOR_REPLAYS_EVERY_MS,
          run: (stopped) => replay.run(stopped),
        };
        return new FrameJobs([replays, retention], jobs);
      },
    },
  ];
}
