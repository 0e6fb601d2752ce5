import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpException,
  Inject,
  type OnApplicationShutdown,
  Post,
  Put,
} from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '#clock';
import { views } from '#contracts';
import { SystemClient } from '../system/system.client.js';
import { CLOCK } from '../tokens.js';
import { TrafficGenerator, trafficPlan, type TrafficState } from './generator.js';
import { StripeClient, type ChargeResult } from './stripe.client.js';

const chargeWish = z.strictObject({
  source: z.string().min(1).max(200),
  amountMinor: z.int().positive().max(99_999_999),
  currency: z.string().length(3),
  capture: z.boolean(),
  idempotencyKey: z.string().min(1).max(255).optional(),
});

@Controller('api/traffic')
export class TrafficController implements OnApplicationShutdown {
  readonly #generator: TrafficGenerator;

  constructor(
    private readonly stripe: StripeClient,
    private readonly system: SystemClient,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#generator = new TrafficGenerator(clock, (wish, turn) => stripe.charge(wish, turn));
  }

  @Get()
  state(): TrafficState {
    return this.#generator.state;
  }

  @Get('cards')
  async cards(): Promise<readonly views.TestCardView[]> {
    const { payments } = await this.system.addresses();
    const answer = await this.system.view(payments, '/test-cards', z.array(views.testCardView));
    if (answer.kind === 'away') throw new HttpException(`payments-api cannot be asked: ${answer.because}.`, 503);
    return answer.view;
  }

  @Post('charges')
  @HttpCode(200)
  async charge(@Body() body: unknown): Promise<ChargeResult> {
    return this.stripe.charge(readBy(chargeWish, body));
  }

  @Put()
  start(@Body() body: unknown): TrafficState {
    this.#generator.start(readBy(trafficPlan, body));
    return this.#generator.state;
  }

  @Delete()
  stop(): TrafficState {
    this.#generator.stop();
    return this.#generator.state;
  }

  onApplicationShutdown(): void {
    this.#generator.stop();
  }
}

function readBy<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const read = schema.safeParse(body);
  if (!read.success) throw new BadRequestException(z.prettifyError(read.error));
  return read.data;
}
