import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { createLog } from './log.js';
import { redact } from './redact.js';

const cardNumbers = [
  '4242424242424242',
  '4000056655665556',
  '5555555555554444',
  '2223003122003222',
  '5105105105105100',
  '378282246310005',
  '6011111111111117',
  '3056930009020004',
  '36227206271667',
  '3566002020360505',
  '6200000000000005',
  '6205500000000000004',
];
const secrets = [
  'sk_test_51H8abcDEF',
  'sk_live_51H8abcDEF',
  'rk_test_51H8abcDEF',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'c2tfdGVzdF81MUg4YWJjREVGOg==',
];

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(createLog({ service: 's', instance: 'i', destination: { write: (line) => void (text += line) } }));
  return text;
}

describe('redaction', () => {
  it.each(cardNumbers)('hides the card number %s in every grouping', (number) => {
    const grouped = number.replaceAll(/(.{4})(?=.)/g, '$1 ');
    for (const spelling of [number, grouped, grouped.replaceAll(' ', '-')]) {
      expect(redact(`card "${spelling}", please`)).toBe('card "[hidden]", please');
    }
  });

  it('hides card numbers and secrets anywhere in a log line', () => {
    for (const secret of notEmpty([...cardNumbers, ...secrets.slice(0, 4)])) {
      const line = logged((log) =>
        log.error({ deep: { list: [{ number: secret }] }, err: new Error(`failed on ${secret}`) }, `saw ${secret}`),
      );
      expect(line).not.toContain(secret);
      expect(JSON.parse(line)).toMatchObject({ service: 's', instance: 'i', msg: expect.stringContaining('[hidden]') });
    }
  });

  it('hides a card number of type number', () => {
    expect(logged((log) => log.info({ number: 4242424242424242 }, 'numeric'))).not.toContain('4242424242424242');
  });

  it('hides the credentials of requests and of URLs', () => {
    expect(redact(`Authorization: Basic ${secrets[4]}`)).not.toContain(secrets[4]);
    expect(redact(`Authorization: Bearer ${secrets[0]}`)).not.toContain('51H8');
    expect(redact('postgres://holdfast:hunter2@127.0.0.1:3032/ledger')).toBe(
      'postgres://holdfast:[hidden]@127.0.0.1:3032/ledger',
    );
  });

  it('keeps ids, times and amounts', () => {
    for (const harmless of [
      'ch_00Zk4242424242424242',
      '1767225600000',
      '"amount_minor":99999999',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      '4242424242424241',
      '123e4567-e89b-12d3-a456-426614174000',
      '0.4242424242424242',
    ]) {
      expect(redact(harmless)).toBe(harmless);
    }
  });
});
