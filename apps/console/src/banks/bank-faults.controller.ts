import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpException,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { z } from 'zod';
import { bankProtocol } from '#contracts';
import { SystemClient } from '../system/system.client.js';
import { presets, type FaultPreset } from './presets.js';

/** Faults at the banks, and sets of them. */
@Controller('api')
export class BankFaultsController {
  constructor(private readonly system: SystemClient) {}

  @Get('presets')
  presets(): readonly FaultPreset[] {
    return presets;
  }

  @Post('faults')
  @HttpCode(200)
  async set(@Body() body: unknown): Promise<unknown> {
    const rule = bankProtocol.faultRuleSchema.safeParse(body);
    if (!rule.success) throw new BadRequestException(z.prettifyError(rule.error));
    return this.#ask('POST', '/faults', rule.data);
  }

  /** Lifts what stands, then sets the preset's rules. */
  @Post('presets/:name')
  @HttpCode(204)
  async apply(@Param('name') name: string): Promise<void> {
    const preset = presets.find((each) => each.name === name);
    if (!preset)
      throw new NotFoundException(`No preset ${name}: there are ${presets.map((each) => each.name).join(', ')}.`);
    await this.#ask('DELETE', '/faults');
    for (const rule of preset.rules) await this.#ask('POST', '/faults', rule);
  }

  @Delete('faults/:id')
  @HttpCode(204)
  async lift(@Param('id') id: string): Promise<void> {
    await this.#ask('DELETE', `/faults/${encodeURIComponent(id)}`);
  }

  @Delete('faults')
  @HttpCode(204)
  async liftAll(): Promise<void> {
    await this.#ask('DELETE', '/faults');
  }

  async #ask(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const response = await this.system.askBanks(method, path, body).catch(() => {
      throw new HttpException('The banks do not answer: is bank-simulator running?', 503);
    });
    const text = await response.text();
    const answer = text === '' ? undefined : (JSON.parse(text) as { message?: string });
    if (!response.ok)
      throw new HttpException(answer?.message ?? `The banks answered ${response.status}.`, response.status);
    return answer;
  }
}
