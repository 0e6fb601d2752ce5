import { Controller, Get, Headers } from '@nestjs/common';
import { ActionTokenGuard } from './action-token.guard.js';

@Controller('api/access')
export class AccessController {
  constructor(private readonly guard: ActionTokenGuard) {}

  /** Whether the token that the page has lets it change something. */
  @Get()
  mayAct(@Headers('authorization') header?: string): { mayAct: boolean } {
    return { mayAct: this.guard.accepts(header) };
  }
}
