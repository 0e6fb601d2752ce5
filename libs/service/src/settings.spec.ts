import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readSettings, SettingsError } from './read-settings.js';
import { frameSettings, milliseconds } from './settings.js';

const usable = {
  DATABASE_URL: 'postgres://holdfast@127.0.0.1:3032/postgres',
  KAFKA_BROKERS: '127.0.0.1:3092, localhost:3093',
  ADMIN_PORT: '3003',
};

const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readSettings(frameSettings, environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

describe('settings', () => {
  it('are read from the environment, with their defaults', () => {
    expect(readSettings(frameSettings, usable)).toMatchObject({
      KAFKA_BROKERS: ['127.0.0.1:3092', 'localhost:3093'],
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: 3003,
      DATABASE_POOL: 10,
      LOG_LEVEL: 'info',
      TRACE_EXPORT: 'memory',
      TEST_CLOCK_OFFSET_MS: 0,
    });
  });

  it('name every problem at once', () => {
    expect(problemsOf({ KAFKA_BROKERS: 'nowhere', ADMIN_PORT: '99999', LOG_LEVEL: 'loud' })).toEqual([
      'DATABASE_URL is not set',
      expect.stringContaining('KAFKA_BROKERS: expected host:port'),
      expect.stringContaining('ADMIN_PORT: '),
      expect.stringContaining('LOG_LEVEL: '),
    ]);
  });

  it('treat an empty variable as not set', () => {
    expect(readSettings(frameSettings, { ...usable, LOG_LEVEL: '' })).toMatchObject({ LOG_LEVEL: 'info' });
    expect(problemsOf({ ...usable, ADMIN_PORT: '' })).toEqual(['ADMIN_PORT is not set']);
  });

  it('may depend on each other, also in a service’s own schema', () => {
    const own = z
      .object({ KEYS: z.string().default('one'), SECRET: z.string().default('known') })
      .refine(({ KEYS, SECRET }) => KEYS === 'one' || SECRET !== 'known', { path: ['SECRET'], error: 'choose one' });
    expect(() => readSettings(own.safeExtend(frameSettings.shape), { ...usable, KEYS: 'two' })).toThrow(
      'SECRET: choose one',
    );
    expect(readSettings(own.safeExtend(frameSettings.shape), usable)).toMatchObject({ KEYS: 'one', ADMIN_PORT: 3003 });
  });

  it('may include a service’s own', () => {
    const schema = frameSettings.extend(z.object({ ANSWER_WITHIN_MS: milliseconds.default(10_000) }).shape);
    expect(readSettings(schema, { ...usable, ANSWER_WITHIN_MS: '250' })).toMatchObject({ ANSWER_WITHIN_MS: 250 });
  });
});
