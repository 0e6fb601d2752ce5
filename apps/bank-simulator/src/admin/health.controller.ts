import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { BankListeners } from '../desk/banks.js';

@Controller('health')
export class HealthController {
  constructor(private readonly banks: BankListeners) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The admin port listens only once every journal has been read. */
  @Get('ready')
  ready(): { status: 'ok' } {
    const { failure } = this.banks;
    if (failure) throw new ServiceUnavailableException(failure.message);
    return { status: 'ok' };
  }
}
