import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CannotStart, causeOf } from './cannot-start.js';
import { repositoryRoot } from './repository.js';
import { supervisorSettings } from './supervisor-settings.js';

describe('the settings of the supervisor', () => {
  it('have defaults, also for what is set to nothing', () => {
    const nothing = { HOLDFAST_DATA_DIR: '', HOLDFAST_KAFKA: '', KAFKA_PARTITIONS: '', DATABASE_URL: '' };
    for (const env of [{}, nothing]) {
      expect(supervisorSettings(env)).toMatchObject({
        dataDir: join(repositoryRoot, '.holdfast'),
        kafka: 'jvm',
        kafkaPartitions: 4,
      });
    }
  });

  it.each([
    ['HOLDFAST_KAFKA', 'contaner', 'HOLDFAST_KAFKA=contaner is neither jvm nor container'],
    ['KAFKA_PARTITIONS', 'many', 'KAFKA_PARTITIONS=many is no number of partitions'],
    ['KAFKA_BROKERS', 'kafka', 'KAFKA_BROKERS=kafka is no list of host:port, separated by commas'],
    ['DATABASE_URL', 'mysql://me:secret@db/x', 'DATABASE_URL is no URL of a Postgres'],
    ['DATABASE_URL', 'postgres://', 'DATABASE_URL is no URL of a Postgres'],
    ['DATABASE_URL', 'postgres:///x', 'DATABASE_URL is no URL of a Postgres'],
    ['DATABASE_URL', 'postgres://me:a secret#1@db/x', 'DATABASE_URL is no URL of a Postgres'],
  ])('name %s when it cannot be used', (name, value, sentence) => {
    expect(() => supervisorSettings({ [name]: value })).toThrow(sentence);
    expect(() => supervisorSettings({ [name]: value })).toThrow(CannotStart);
  });
});

describe('the cause of a start that failed', () => {
  const refusal = (code: string, message: string) => Object.assign(new Error(`${code}: ${message}`), { code });

  it.each([
    ['EROFS', 'The data folder /data cannot be used: EROFS: read-only file system.', 'read-only file system'],
    ['ENOTDIR', 'The data folder /data cannot be used: ENOTDIR: not a directory.', 'not a directory'],
    ['ENOSPC', 'The disk of /data is full.', 'no space left on device, write'],
  ])('is the data folder for %s', (code, sentence, message) => {
    expect((causeOf(refusal(code, message), '/data') as Error).message).toBe(sentence);
  });

  it('is the full disk, in whoever’s words it was said', () => {
    const initdb = new Error('initdb ended (1):\nFATAL: could not write to file: No space left on device');
    expect((causeOf(initdb, '/data') as Error).message).toBe('The disk of /data is full.');
  });

  it('stays what it is when it is a bug', () => {
    const bug = new TypeError('x is not a function');
    expect(causeOf(bug, '/data')).toBe(bug);
  });
});
