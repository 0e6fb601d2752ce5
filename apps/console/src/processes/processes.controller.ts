import { BadRequestException, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { SupervisorClient } from '../system/supervisor.client.js';

const commands = ['kill', 'freeze', 'thaw', 'restart', 'stop', 'start'] as const;

@Controller('api/processes')
export class ProcessesController {
  constructor(private readonly supervisor: SupervisorClient) {}

  /** Answers once the command has taken effect. */
  @Post(':name/:command')
  @HttpCode(200)
  async command(@Param('name') name: string, @Param('command') word: string): Promise<unknown> {
    const command = commands.find((each) => each === word);
    if (command === undefined || !/^[\w-]+$/.test(name))
      throw new BadRequestException(`POST /api/processes/<name>/<command>; the commands are ${commands.join(', ')}.`);
    return this.supervisor.ask('POST', `/processes/${name}/${command}`);
  }
}
