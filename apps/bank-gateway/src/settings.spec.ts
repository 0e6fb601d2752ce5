import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { gatewaySettings } from './settings.js';

const banks = (BANKS?: string) => gatewaySettings.parse({ BANKS }).BANKS;

describe('BANKS', () => {
  it('is the one host of all banks, each at its default port', () => {
    expect(banks('http://bank-simulator')).toMatchObject({
      alder: 'http://bank-simulator:3011',
      dogwood: 'http://bank-simulator:3014',
    });
    expect(Object.keys(banks('http://bank-simulator'))).toEqual(bankProtocol.bankNames);
    expect(banks()).toMatchObject({ cedar: 'http://127.0.0.1:3013' });
  });

  it('is JSON with the banks that may be called', () => {
    expect(banks('{"alder":"http://127.0.0.1:4000"}')).toEqual({ alder: 'http://127.0.0.1:4000' });
  });

  it.each(['http://bank-simulator:3011', '{"elm":"http://127.0.0.1:1"}', '{"alder":"ftp://127.0.0.1"}', '['])(
    'is refused as %s',
    (text) => {
      expect(() => banks(text)).toThrow();
    },
  );
});
