import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import type { views } from '#contracts';
import { IdempotencyAnswerEntity } from './idempotency-answer.entity.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';
import { internalKey, type KeyName } from './key.js';

/** Keys and their answers, for operators. */
@Injectable()
export class KeyViewRepository {
  constructor(
    @InjectRepository(IdempotencyKeyEntity) private readonly keys: Repository<IdempotencyKeyEntity>,
    @InjectRepository(IdempotencyAnswerEntity) private readonly answers: Repository<IdempotencyAnswerEntity>,
  ) {}

  /**
   * @param name with the id of the request in place of the key, when the request had none
   * @returns undefined when there is no such key, or it has been pruned
   */
  async find({ account, key }: KeyName): Promise<views.KeyView | undefined> {
    const found = await this.keys.findBy({ account, key: In([key, internalKey(key)]) });
    const row = found.find((each) => each.key === key) ?? found[0];
    if (!row) return undefined;
    const answer = await this.answers.findOneBy({ account, key: row.key });
    return {
      account,
      key: row.key,
      endpoint: row.endpoint,
      requestId: row.requestId,
      chargeId: row.chargeId,
      claimedAt: row.claimedAt,
      answer: answer && { status: answer.status, body: answer.body, answeredAt: answer.answeredAt },
    };
  }
}
