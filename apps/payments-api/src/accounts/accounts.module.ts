import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CLOCK, LOG, provide, token } from '#service';
import { developmentSecret, paymentsConfig } from '../settings.js';
import { ProvisionedAccounts, SandboxAccounts, type Accounts } from './accounts.repository.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { KeyedHash } from './keyed-hash.js';

export const ACCOUNTS = token<Accounts>('accounts');

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([ApiKeyEntity])],
  providers: [
    ApiKeyRepository,
    provide(KeyedHash, [paymentsConfig.KEY, LOG], ({ API_SECRET }, log) => {
      if (API_SECRET === developmentSecret) {
        log.warn('API_SECRET is not set: hashes are keyed with the development secret, which is no secret');
      }
      return new KeyedHash(API_SECRET);
    }),
    provide(ACCOUNTS, [paymentsConfig.KEY, ApiKeyRepository, KeyedHash, CLOCK], ({ API_KEYS }, keys, hash, clock) =>
      API_KEYS === 'strict' ? new ProvisionedAccounts(keys, hash, clock) : new SandboxAccounts(hash),
    ),
  ],
  exports: [KeyedHash, ACCOUNTS],
})
export class AccountsModule {}
