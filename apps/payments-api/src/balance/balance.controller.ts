import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parametersOf, send } from '../http/api-request.http.js';
import { jsonText } from '../http/json-text.js';
import { BalanceReading } from './balance-reading.js';

type ById = FastifyRequest<{ Params: { id: string } }>;

/** `/v1/balance`, and the list of what moved it. */
@Controller('v1')
export class BalanceController {
  constructor(@Inject(BalanceReading) private readonly reading: BalanceReading) {}

  @Get('balance')
  async balance(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, jsonText(await this.reading.balance(request.api.account, parametersOf(request))));
  }

  @Get('balance_transactions')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, jsonText(await this.reading.list(request.api.account, parametersOf(request))));
  }

  @Get('balance_transactions/:id')
  async retrieve(@Req() request: ById, @Res() reply: FastifyReply): Promise<void> {
    const { id } = request.params;
    send(reply, 200, jsonText(await this.reading.retrieve(request.api.account, id, parametersOf(request))));
  }
}
