import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#clock';
import { forgetLostContenders } from '#leases';
import { Database, type PgTransaction } from '#postgres';
import { InboxRetention, Replay } from '#saga';
import type { Log } from '#telemetry';
import { Jobs } from './jobs.js';
import { CLOCK, LOG } from './tokens.js';

const RETENTION_EVERY_MS = 10_000;
/** The longest delay before a running service starts a requested replay. */
const LOOK_FOR_REPLAYS_EVERY_MS = 1_000;

/** The frame's periodic jobs, each on one instance at a time. */
@Injectable()
export class FrameJobs {
  constructor(
    private readonly replay: Replay<PgTransaction>,
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Called once the service runs, since a replay needs the dependencies of all steps. */
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
