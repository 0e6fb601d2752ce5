import { Module } from '@nestjs/common';
import { provide } from '#service';
import { Metrics } from '#telemetry';
import { tooManyRequests } from '../admission/admission-control.js';
import { ListLane, listLaneLimits } from './list-lane.js';
import { ListPages } from './list-pages.js';
import { SearchPages } from '../search/search-pages.js';

@Module({
  providers: [
    provide(ListLane, [Metrics], (metrics) => {
      const shed = metrics.counter({
        name: 'lists_shed_total',
        help: 'Lists refused with 429, because too many of their account were waiting to be read.',
      });
      const refuse = (): Error => {
        shed.inc();
        return tooManyRequests('lists');
      };
      return new ListLane(listLaneLimits, refuse);
    }),
    provide(ListPages, [ListLane], (lane) => new ListPages(lane)),
    provide(SearchPages, [ListLane], (lane) => new SearchPages(lane)),
  ],
  exports: [ListPages, SearchPages],
})
export class ListsModule {}
