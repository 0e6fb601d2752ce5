import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#clock';
import { forgetLostContenders } from '#leases';
import { Database, type PgTransaction } from '#postgres';
import { InboxRetention, Replay } from '#saga';
import type { Log } from '#telemetry';
import { Jobs } from './jobs.js';
import { CLOCK, LOG } from './tokens.js';

const RETENTION_EVERY_MS = 10_000;
/** How long an operator waits at most until a running service takes up a replay. */
const LOOK_FOR_REPLAYS_EVERY_MS = 1_000;

/** What every service does beside its own work, one instance of it at a time. */
@Injectable()
export class FrameJobs {
  constructor(
    private readonly replay: Replay<PgTransaction>,
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Once the service runs: a replay needs all that its steps need. */
  start(): void {
    const { replay, database, jobs, log } = this;
    jobs.onOneInstance({
      name: 'replay',
      everyMs: LOOK_FOR_REPLAYS_EVERY_MS,
      run: (stopped) => replay.run(stopped),
    });
    const inbox = new InboxRetention(database, this.clock);
    jobs.onOneInstance({
      name: 'retention',
      everyMs: RETENTION_EVERY_MS,
      run: async (stopped) => {
        const forgotten = await inbox.run(stopped);
        if (forgotten > 0) log.debug({ forgotten }, 'forgot old events of the inbox');
        await forgetLostContenders(database);
      },
    });
  }
}
