import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Admission } from '../admission/admission.js';
import { KeyedRequests } from '../charges/keyed-requests.js';
import { parametersOf, send, traceOf } from '../http/api-request.http.js';
import { jsonText } from '../http/json-text.js';
import { claimOfRequest, sendKeyed, type ClaimParts } from '../idempotency/claim-of-request.http.js';
import { CLAIM_PARTS } from '../idempotency/idempotency.module.js';
import { paymentsConfig, type PaymentsSettings } from '../settings.js';
import { createRefund } from './create-refund.js';
import { RefundChanging } from './refund-changing.js';
import { RefundReading } from './refund-reading.js';
import { readRefundRequest } from './refund-request.js';

type ByRefund = FastifyRequest<{ Params: { id: string } }>;

@Controller('v1/refunds')
export class RefundsController {
  constructor(
    @Inject(KeyedRequests) private readonly requests: KeyedRequests,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(RefundChanging) private readonly changing: RefundChanging,
    @Inject(RefundReading) private readonly reading: RefundReading,
    @Inject(CLAIM_PARTS) private readonly claimParts: ClaimParts,
    @Inject(IDS) private readonly ids: Ids,
    @Inject(paymentsConfig.KEY) private readonly settings: Pick<PaymentsSettings, 'REFUNDS_PER_CHARGE'>,
  ) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = readRefundRequest(parametersOf(request));
    const { chargeId, expand } = wanted;
    const id = this.ids.next('re') as `re_${string}`;
    const claim = claimOfRequest(request, this.claimParts, { chargeId, subject: id, expand });
    const answer = await this.requests.answer(claim, {
      name: 'POST /v1/refunds',
      parent: traceOf(request),
      decide: createRefund(claim, id, wanted, { refundsPerCharge: this.settings.REFUNDS_PER_CHARGE }),
      admit: () => this.admission.admit(claim.account, null),
    });
    sendKeyed(request, reply, answer);
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, jsonText(await this.reading.list(request.api.account, parametersOf(request))));
  }

  @Get(':id')
  async retrieve(@Req() request: ByRefund, @Res() reply: FastifyReply): Promise<void> {
    const { id } = request.params;
    send(reply, 200, jsonText(await this.reading.retrieve(request.api.account, id, parametersOf(request))));
  }

  @Post(':id')
  async update(@Req() request: ByRefund, @Res() reply: FastifyReply): Promise<void> {
    const claim = claimOfRequest(request, this.claimParts, { chargeId: null, subject: null, expand: [] });
    sendKeyed(request, reply, await this.changing.update(request.params.id, parametersOf(request), claim));
  }

  @Post(':id/cancel')
  async cancel(@Req() request: ByRefund, @Res() reply: FastifyReply): Promise<void> {
    const claim = claimOfRequest(request, this.claimParts, { chargeId: null, subject: null, expand: [] });
    sendKeyed(request, reply, await this.changing.cancel(request.params.id, parametersOf(request), claim));
  }
}

/** Where the `refunds` inside a charge say that they are listed. */
@Controller('v1/charges')
export class ChargeRefundsController {
  constructor(@Inject(RefundReading) private readonly reading: RefundReading) {}

  @Get(':id/refunds')
  async list(@Req() request: ByRefund, @Res() reply: FastifyReply): Promise<void> {
    const { id } = request.params;
    send(reply, 200, jsonText(await this.reading.listOfCharge(request.api.account, id, parametersOf(request))));
  }
}
