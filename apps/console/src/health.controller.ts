import { Controller, Get } from '@nestjs/common';

@Controller('health')
export class ConsoleHealthController {
  /** It needs nothing but itself: the page shows who does not answer. */
  @Get(['live', 'ready'])
  ready(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
