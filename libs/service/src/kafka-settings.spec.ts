import { describe, expect, it } from '@jest/globals';
import { kafkaEnvironment, readKafkaConnection } from './kafka-settings.js';
import { SettingsError } from './read-settings.js';

const brokers = { KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092' };
const login = { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'ledger', KAFKA_SASL_PASSWORD: 'secret' };
const tls = {
  KAFKA_SSL: 'true',
  KAFKA_SSL_CA_FILE: '/ca.pem',
  KAFKA_SSL_CERT_FILE: '/cert.pem',
  KAFKA_SSL_KEY_FILE: '/key.pem',
};

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readKafkaConnection({ ...brokers, ...environment });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('the Kafka connection', () => {
  it('has neither login nor TLS by default', () => {
    expect(readKafkaConnection(brokers)).toEqual({ brokers: ['kafka-1:9092', 'kafka-2:9092'] });
  });

  it('has a login, TLS, or both', () => {
    expect(readKafkaConnection({ ...brokers, ...login })).toMatchObject({
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'ledger', password: 'secret' },
    });
    expect(readKafkaConnection({ ...brokers, KAFKA_SSL: 'true' })).toMatchObject({ tls: {} });
    expect(readKafkaConnection({ ...brokers, ...login, ...tls })).toMatchObject({
      sasl: { username: 'ledger' },
      tls: { caFile: '/ca.pem', certFile: '/cert.pem', keyFile: '/key.pem' },
    });
  });

  it.each([
    [
      'a login without its password',
      { ...login, KAFKA_SASL_PASSWORD: '' },
      /^KAFKA_SASL_MECHANISM: set KAFKA_SASL_PASSWORD too, or none of /,
    ],
    [
      'a user alone',
      { KAFKA_SASL_USERNAME: 'ledger' },
      /^KAFKA_SASL_USERNAME: set KAFKA_SASL_MECHANISM and KAFKA_SASL_PASSWORD too, /,
    ],
    ['an unknown mechanism', { ...login, KAFKA_SASL_MECHANISM: 'GSSAPI' }, /^KAFKA_SASL_MECHANISM: /],
    [
      'a certificate without its key',
      { ...tls, KAFKA_SSL_KEY_FILE: '' },
      /^KAFKA_SSL_CERT_FILE: set KAFKA_SSL_KEY_FILE too, /,
    ],
    [
      'an authority without TLS',
      { KAFKA_SSL_CA_FILE: '/ca.pem' },
      /^KAFKA_SSL_CA_FILE: it is used with KAFKA_SSL=true only$/,
    ],
    ['neither yes nor no', { KAFKA_SSL: 'yes' }, /^KAFKA_SSL: /],
  ])('is rejected with one message for %s', (_what, environment, message) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(message)]);
  });

  it('never shows the password in a message', () => {
    expect(problemsOf({ ...login, KAFKA_SASL_MECHANISM: 'GSSAPI', KAFKA_SSL: 'secret' }).join()).not.toContain(
      'secret',
    );
  });

  it('is passed on through the environment, replacing former settings', () => {
    const given = readKafkaConnection({ ...brokers, ...login, ...tls });
    expect(readKafkaConnection(kafkaEnvironment(given))).toEqual(given);
    const plain = kafkaEnvironment({ brokers: ['localhost:9092'] });
    expect(readKafkaConnection({ ...login, ...tls, ...plain })).toEqual({ brokers: ['localhost:9092'] });
  });
});
