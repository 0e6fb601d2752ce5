import type { FactoryProvider } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import { Replay } from '#saga';
import type { PgTransaction } from '#postgres';
import type { Log } from '#telemetry';
import { FrameJobs } from './frame-jobs.js';
import { Shutdown } from './shutdown.js';
import { CLOCK, LOG } from './tokens.js';

/** How long an operator waits at most until a running service takes up a replay. */
const LOOK_FOR_REPLAYS_EVERY_MS = 1_000;

export function jobProviders(): FactoryProvider[] {
  return [
    {
      provide: FrameJobs,
      inject: [Replay, Leases, CLOCK, LOG, Shutdown],
      useFactory: (replay: Replay<PgTransaction>, leases: Leases, clock: Clock, log: Log, shutdown: Shutdown) =>
        new FrameJobs([{ name: 'replay', everyMs: LOOK_FOR_REPLAYS_EVERY_MS, run: (stopped) => replay.run(stopped) }], {
          leases,
          clock,
          log,
          shutdown,
        }),
    },
  ];
}
