import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Clock } from '#clock';
import { Database } from '#postgres';
import { CLOCK, Jobs } from '#service';
import { ListsModule } from '../lists/lists.module.js';
import { EventReading } from './event-reading.js';
import { eventRetention } from './event-retention.js';
import { EventsController } from './http/events.controller.js';
import { StripeEventEntity } from './stripe-event.entity.js';

/** Routes that read events, and the job that deletes old ones. */
@Module({
  imports: [TypeOrmModule.forFeature([StripeEventEntity]), ListsModule],
  controllers: [EventsController],
  providers: [EventReading],
})
export class EventListsModule implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.onOneInstance(eventRetention(this.database, this.clock));
  }
}
