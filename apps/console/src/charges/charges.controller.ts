import { BadRequestException, Controller, Get, HttpException, NotFoundException, Param, Query } from '@nestjs/common';
import { views } from '#contracts';
import { storyOf, type ChargeFacts, type ChargeTimeline } from '#charge-story';
import { SystemClient } from '../system/system.client.js';

/** A charge's story, and what each service said of it. */
export interface ToldCharge {
  readonly story: ChargeTimeline;
  readonly evidence: ChargeFacts;
}

const FILTERS = ['account', 'state', 'awaiting', 'faulted', 'before'] as const;

@Controller('api/charges')
export class ConsoleChargesController {
  constructor(private readonly system: SystemClient) {}

  @Get()
  async list(@Query() query: Record<string, string>): Promise<views.ChargeListView> {
    const given = FILTERS.flatMap((name): [string, string][] => (query[name] ? [[name, query[name]]] : []));
    const { payments } = await this.system.addresses();
    const answer = await this.system.view(
      payments,
      `/charges?${new URLSearchParams(given).toString()}`,
      views.chargeListView,
    );
    if (answer.kind === 'away') throw new HttpException(`payments-api cannot be asked: ${answer.because}.`, 503);
    return answer.view;
  }

  @Get(':id')
  async tell(@Param('id') id: string): Promise<ToldCharge> {
    if (!/^(ch|re)_\w{1,40}$/.test(id)) throw new BadRequestException('Name a charge (ch_…) or a refund (re_…).');
    const client = await this.system.evidence();
    const refund = id.startsWith('re_') ? await client.chargeOfRefund(id) : undefined;
    const chargeId = refund?.kind === 'told' ? refund.view : id;
    const evidence = await client.gather(chargeId);
    const story = storyOf(evidence);
    if (!story) throw new NotFoundException(`No service and no bank knows ${id}.`);
    return { story, evidence };
  }
}
