import { Controller, Get, Param } from '@nestjs/common';
import { AccountId, Params } from '../../http/request.decorator.js';
import { expandParameters } from '../../protocol/expand.js';
import { eventListParameters, type EventListParameters } from '../event-list-parameters.js';
import { EventReading } from '../event-reading.js';

@Controller('v1/events')
export class EventsController {
  constructor(private readonly reading: EventReading) {}

  @Get()
  list(@AccountId() account: string, @Params(eventListParameters) parameters: EventListParameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters(null)) _none: object,
  ): Promise<object> {
    return this.reading.retrieve(account, id);
  }
}
