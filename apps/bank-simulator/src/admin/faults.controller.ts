import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { z } from 'zod';
import { bankProtocol } from '#contracts';
import { FaultSwitchboard } from '../faults/fault-switchboard.js';

@Controller('faults')
export class FaultsController {
  constructor(private readonly faults: FaultSwitchboard) {}

  @Post()
  add(@Body() body: unknown): Promise<bankProtocol.StandingFaultRule> {
    const rule = bankProtocol.faultRuleSchema.safeParse(body);
    if (!rule.success) throw new BadRequestException(z.prettifyError(rule.error));
    return this.faults.add(rule.data);
  }

  @Get()
  list(): bankProtocol.StandingFaultRule[] {
    return this.faults.list();
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string): Promise<void> {
    if (!(await this.faults.remove(id))) throw new NotFoundException(`no fault rule ${id}`);
  }

  @Delete()
  @HttpCode(204)
  async removeAll(): Promise<void> {
    await this.faults.removeAll();
  }
}
