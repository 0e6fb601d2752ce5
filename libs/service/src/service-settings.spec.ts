import { Injectable, Inject } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SettingsError } from './read-settings.js';
import { serviceSettings } from './service-settings.js';
import { milliseconds } from './settings.js';

const usable = {
  DATABASE_URL: 'postgres://holdfast@127.0.0.1:3032/postgres',
  KAFKA_BROKERS: '127.0.0.1:3092',
  ADMIN_PORT: '3003',
};
const config = serviceSettings('ledger', z.object({ ANSWER_WITHIN_MS: milliseconds.default(10_000) }));
type Settings = ReturnType<typeof config>;

@Injectable()
class Answers {
  constructor(@Inject(config.KEY) readonly settings: Settings) {}
}

const environment = { ...process.env };
beforeEach(() => void Object.assign(process.env, usable));
afterEach(() => void (process.env = { ...environment }));

const compiled = () =>
  Test.createTestingModule({
    imports: [
      ConfigModule.forRoot({
        load: [config],
        cache: true,
        ignoreEnvFile: true,
        ignoreEnvVars: true,
        skipProcessEnv: true,
      }),
    ],
    providers: [Answers],
  }).compile();

describe('the settings of a service', () => {
  it('are injected as one typed value, with the frame’s', async () => {
    process.env['ANSWER_WITHIN_MS'] = '250';
    const { settings } = (await compiled()).get(Answers);
    expect(settings).toMatchObject({ ANSWER_WITHIN_MS: 250, ADMIN_PORT: 3003, INSTANCE_ID: `ledger-${process.pid}` });
  });

  it('are in Nest’s ConfigService under the service’s name', async () => {
    const all = (await compiled()).get(ConfigService);
    expect(all.get('ledger.ANSWER_WITHIN_MS')).toBe(10_000);
  });

  it('fail the start with every problem of both in one sentence', async () => {
    process.env['ANSWER_WITHIN_MS'] = 'soon';
    delete process.env['ADMIN_PORT'];
    const failed = compiled();
    await expect(failed).rejects.toBeInstanceOf(SettingsError);
    await expect(failed).rejects.toThrow(
      /^the environment is not usable: ANSWER_WITHIN_MS: .+; ADMIN_PORT is not set$/,
    );
  });

  it('do not change the environment, so that no default and no secret is added to it', async () => {
    const before = { ...process.env };
    await compiled();
    expect(process.env).toEqual(before);
  });

  it('name settings that depend on each other', () => {
    expect(() => config.from({ ...usable, KAFKA_SASL_USERNAME: 'ledger' })).toThrow(
      'KAFKA_SASL_USERNAME: set KAFKA_SASL_MECHANISM and KAFKA_SASL_PASSWORD too',
    );
  });
});
