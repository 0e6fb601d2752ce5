import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Admission } from '../admission/admission.js';
import { trafficOf } from '../admission/unsettled-charges.js';
import { parametersOf, send, traceOf } from '../http/api-request.http.js';
import { jsonText } from '../http/json-text.js';
import { claimOfRequest, sendKeyed, type ClaimParts } from '../idempotency/claim-of-request.http.js';
import { CLAIM_PARTS } from '../idempotency/idempotency.module.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { captureCharge, readCaptureRequest } from './capture-charge.js';
import { ChargeReading } from './charge-reading.js';
import { ChargeUpdate } from './charge-update.js';
import { createCharge, refuseCharge } from './create-charge.js';
import { readCreateRequest } from './create-request.js';
import { KeyedRequests } from './keyed-requests.js';

type ByCharge = FastifyRequest<{ Params: { id: string } }>;

/** Answers are JSON text already, so nothing of Nest's stands between a handler and the reply. */
@Controller('v1/charges')
export class ChargesController {
  constructor(
    @Inject(KeyedRequests) private readonly requests: KeyedRequests,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(ChargeUpdate) private readonly changing: ChargeUpdate,
    @Inject(ChargeReading) private readonly reading: ChargeReading,
    @Inject(CLAIM_PARTS) private readonly claimParts: ClaimParts,
    @Inject(AccountClocks) private readonly clocks: AccountClocks,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { account } = request.api;
    const wanted = readCreateRequest(parametersOf(request), this.claimParts.hash, this.clocks.now(account));
    const { presented, expand } = wanted;
    const card = presented.kind === 'instrument' ? presented.instrument : undefined;
    const chargeId = card ? this.ids.next('ch') : null;
    const claim = claimOfRequest(request, this.claimParts, { chargeId, subject: null, expand });
    const answer = await this.requests.answer(claim, {
      name: 'POST /v1/charges',
      parent: traceOf(request),
      decide:
        presented.kind === 'refused'
          ? refuseCharge(presented.error.answer)
          : createCharge(claim, wanted, presented.instrument),
      admit: () => this.admission.admit(account, card ? trafficOf(card) : null),
    });
    sendKeyed(request, reply, answer);
  }

  @Post(':id/capture')
  async capture(@Req() request: ByCharge, @Res() reply: FastifyReply): Promise<void> {
    const wanted = readCaptureRequest(parametersOf(request));
    const { expand } = wanted;
    const claim = claimOfRequest(request, this.claimParts, { chargeId: request.params.id, subject: 'capture', expand });
    const answer = await this.requests.answer(claim, {
      name: 'POST /v1/charges/:id/capture',
      parent: traceOf(request),
      decide: captureCharge(claim, wanted),
      admit: () => this.admission.admit(claim.account, null),
    });
    sendKeyed(request, reply, answer);
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, jsonText(await this.reading.list(request.api.account, parametersOf(request))));
  }

  @Get(':id')
  async retrieve(@Req() request: ByCharge, @Res() reply: FastifyReply): Promise<void> {
    const { id } = request.params;
    send(reply, 200, jsonText(await this.reading.retrieve(request.api.account, id, parametersOf(request))));
  }

  @Post(':id')
  async update(@Req() request: ByCharge, @Res() reply: FastifyReply): Promise<void> {
    const claim = claimOfRequest(request, this.claimParts, { chargeId: null, subject: null, expand: [] });
    sendKeyed(request, reply, await this.changing.update(request.params.id, parametersOf(request), claim));
  }
}
