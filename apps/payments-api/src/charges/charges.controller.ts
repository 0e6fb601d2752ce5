import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { Clock } from '#clock';
import { CLOCK, IDS } from '#service';
import type { Ids } from '#snowflake';
import { Tracing } from '#telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyOf, headerOf, queryOf, send } from '../http/api-request.http.js';
import { jsonText } from '../http/json-text.js';
import { claimOfRequest, sendKeyed, type ClaimParts } from '../idempotency/claim-of-request.http.js';
import { CLAIM_PARTS } from '../idempotency/idempotency.module.js';
import { ChargeIntake } from './charge-intake.js';
import { ChargeReading } from './charge-reading.js';
import { ChargeUpdate } from './charge-update.js';
import { readCreateRequest } from './create-request.js';

type ByCharge = FastifyRequest<{ Params: { id: string } }>;

/** Answers are JSON text already, so nothing of Nest's stands between a handler and the reply. */
@Controller('v1/charges')
export class ChargesController {
  constructor(
    @Inject(ChargeIntake) private readonly intake: ChargeIntake,
    @Inject(ChargeUpdate) private readonly changing: ChargeUpdate,
    @Inject(ChargeReading) private readonly reading: ChargeReading,
    @Inject(CLAIM_PARTS) private readonly claimParts: ClaimParts,
    @Inject(IDS) private readonly ids: Ids,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Tracing) private readonly tracing: Tracing,
  ) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = readCreateRequest(bodyOf(request), this.claimParts.hash, this.clock.now());
    const { presented, expand } = wanted;
    const refused = presented.kind === 'refused';
    const claim = claimOfRequest(request, this.claimParts, {
      chargeId: refused ? null : this.ids.next('ch'),
      expand,
    });
    const span = this.tracing.startSpan('POST /v1/charges', {
      parent: headerOf(request, 'traceparent'),
      attributes: this.tracing.recording ? { charge: claim.chargeId ?? '', account: claim.account } : {},
    });
    try {
      sendKeyed(request, reply, await this.intake.create(claim, wanted, span.traceparent));
    } finally {
      span.end();
    }
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, jsonText(await this.reading.list(request.api.account, queryOf(request))));
  }

  @Get(':id')
  async retrieve(@Req() request: ByCharge, @Res() reply: FastifyReply): Promise<void> {
    const { id } = request.params;
    send(reply, 200, jsonText(await this.reading.retrieve(request.api.account, id, queryOf(request))));
  }

  @Post(':id')
  async update(@Req() request: ByCharge, @Res() reply: FastifyReply): Promise<void> {
    const claim = claimOfRequest(request, this.claimParts, { chargeId: null, expand: [] });
    sendKeyed(request, reply, await this.changing.update(request.params.id, bodyOf(request), claim));
  }
}
