import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { repositoryIn, type PgTransaction } from '#postgres';
import { TokenEntity } from './token.entity.js';

/** Tokens that requests made. Each method finds those of the given account alone. */
@Injectable()
export class TokenRepository {
  constructor(@InjectRepository(TokenEntity) private readonly rows: Repository<TokenEntity>) {}

  /** @param tx the transaction that asks, which must not wait for a second connection */
  async find(account: string, id: string, tx?: PgTransaction): Promise<TokenEntity | undefined> {
    const rows = tx ? repositoryIn(tx, this.rows) : this.rows;
    return (await rows.findOneBy({ id, account })) ?? undefined;
  }

  async insert(tx: PgTransaction, token: TokenEntity): Promise<void> {
    await repositoryIn(tx, this.rows).insert(token);
  }

  /** @returns false when it was used before: of requests that race for it, one gets it */
  async use(tx: PgTransaction, { id, account }: TokenEntity): Promise<boolean> {
    const { affected } = await repositoryIn(tx, this.rows)
      .createQueryBuilder()
      .update()
      .set({ used: true })
      .where({ id, account, used: false })
      .returning(['id'])
      .execute();
    return affected === 1;
  }
}
