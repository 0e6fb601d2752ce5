import { Controller, Delete, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parametersOf, send } from '../http/api-request.http.js';
import { jsonText } from '../http/json-text.js';
import { claimOfRequest, sendKeyed, type ClaimParts } from '../idempotency/claim-of-request.http.js';
import { CLAIM_PARTS } from '../idempotency/idempotency.module.js';
import type { Claim } from '../idempotency/key.js';
import { TestClocks } from './test-clocks.js';

type ByClock = FastifyRequest<{ Params: { id: string } }>;

@Controller('v1/test_helpers/test_clocks')
export class TestClocksController {
  constructor(
    @Inject(TestClocks) private readonly clocks: TestClocks,
    @Inject(CLAIM_PARTS) private readonly claimParts: ClaimParts,
  ) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendKeyed(request, reply, await this.clocks.create(parametersOf(request), this.claimOf(request)));
  }

  @Post(':id/advance')
  async advance(@Req() request: ByClock, @Res() reply: FastifyReply): Promise<void> {
    sendKeyed(
      request,
      reply,
      await this.clocks.advance(request.params.id, parametersOf(request), this.claimOf(request)),
    );
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, jsonText(await this.clocks.list(request.api.account, parametersOf(request))));
  }

  @Get(':id')
  async retrieve(@Req() request: ByClock, @Res() reply: FastifyReply): Promise<void> {
    const { account } = request.api;
    send(reply, 200, jsonText(await this.clocks.retrieve(account, request.params.id, parametersOf(request))));
  }

  @Delete(':id')
  async delete(@Req() request: ByClock, @Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, jsonText(await this.clocks.delete(request.api.account, request.params.id)));
  }

  private claimOf(request: FastifyRequest): Claim {
    return claimOfRequest(request, this.claimParts, { chargeId: null, subject: null, expand: [] });
  }
}
