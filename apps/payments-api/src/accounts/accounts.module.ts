import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Clock } from '#clock';
import { CLOCK, LOG, SETTINGS } from '#service';
import type { Log } from '#telemetry';
import { developmentSecret, type PaymentsSettings } from '../settings.js';
import { ProvisionedAccounts, SandboxAccounts, type Accounts } from './accounts.repository.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { KeyedHash } from './keyed-hash.js';

/** Injection token of `Accounts`. */
export const ACCOUNTS = Symbol('accounts');

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([ApiKeyEntity])],
  providers: [
    ApiKeyRepository,
    {
      provide: KeyedHash,
      inject: [SETTINGS, LOG],
      useFactory: ({ API_SECRET }: PaymentsSettings, log: Log): KeyedHash => {
        if (API_SECRET === developmentSecret) {
          log.warn('API_SECRET is not set: hashes are keyed with the development secret, which is no secret');
        }
        return new KeyedHash(API_SECRET);
      },
    },
    {
      provide: ACCOUNTS,
      inject: [SETTINGS, ApiKeyRepository, KeyedHash, CLOCK],
      useFactory: ({ API_KEYS }: PaymentsSettings, keys: ApiKeyRepository, hash: KeyedHash, clock: Clock): Accounts =>
        API_KEYS === 'strict' ? new ProvisionedAccounts(keys, hash, clock) : new SandboxAccounts(hash),
    },
  ],
  exports: [KeyedHash, ACCOUNTS],
})
export class AccountsModule {}
