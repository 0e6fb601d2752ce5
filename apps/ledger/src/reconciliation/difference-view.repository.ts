import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { views } from '#contracts';
import { DifferenceEntity } from './tables/difference.entity.js';

/** All differences that were ever found about one charge, for operators. */
@Injectable()
export class DifferenceViewRepository {
  constructor(@InjectRepository(DifferenceEntity) private readonly differences: Repository<DifferenceEntity>) {}

  /** The oldest first. */
  async ofCharge(chargeId: string): Promise<views.DifferenceView[]> {
    const found = await this.differences.find({ where: { chargeId }, order: { foundAt: 'ASC', id: 'ASC' } });
    return found.map(differenceView);
  }
}

export function differenceView(
  row: Omit<DifferenceEntity, 'timesReported' | 'reportAgainFrom' | 'account' | 'reference'>,
): views.DifferenceView {
  const { id, kind, bank, movement, chargeId, bankId, amountMinor, currency, foundAt, resolvedAt, resolution } = row;
  const amount = { amountMinor, currency };
  return { id, kind, bank, movement, chargeId, bankId, amount, foundAt, resolvedAt, resolution };
}
