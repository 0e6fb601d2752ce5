import { Module } from '@nestjs/common';
import { provide } from '#service';
import { Metrics } from '#telemetry';
import { tooManyRequests } from '../admission/admission-control.js';
import { ListLane, listLaneLimits } from './list-lane.js';
import { ListPages } from './list-pages.js';

@Module({
  providers: [
    provide(ListPages, [Metrics], (metrics) => {
      const shed = metrics.counter({
        name: 'lists_shed_total',
        help: 'Lists refused with 429, because too many of their account were waiting to be read.',
      });
      const refuse = (): Error => {
        shed.inc();
        return tooManyRequests('lists');
      };
      return new ListPages(new ListLane(listLaneLimits, refuse));
    }),
  ],
  exports: [ListPages],
})
export class ListsModule {}
