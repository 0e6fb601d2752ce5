import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { TokenEntity } from './token.entity.js';
import { TokenRepository } from './token.repository.js';
import { TokensController } from './tokens.controller.js';
import { Tokens } from './tokens.js';

/** Tokens of cards. */
@Module({
  imports: [TypeOrmModule.forFeature([TokenEntity]), AccountsModule, IdempotencyModule, AccountClocksModule],
  controllers: [TokensController],
  providers: [TokenRepository, Tokens],
  exports: [TokenRepository],
})
export class TokensModule {}
