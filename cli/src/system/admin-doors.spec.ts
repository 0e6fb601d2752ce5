import { describe, expect, it } from '@jest/globals';
import { givenDoors } from './admin-doors.js';

describe('where the admin APIs are', () => {
  it('is what the environment says, a URL for each instance', () => {
    expect(givenDoors({}, { PAYMENTS_ADMIN_URL: 'http://a:1/, http://b:2', BANKS_ADMIN_URL: '' })).toEqual({
      payments: ['http://a:1', 'http://b:2'],
      gateway: [],
      ledger: [],
      banks: [],
    });
  });

  it('is what an option says, whatever the environment does', () => {
    const doors = givenDoors({ 'ledger-admin-url': 'https://books' }, { LEDGER_ADMIN_URL: 'http://other' });
    expect(doors).toMatchObject({ ledger: ['https://books'] });
  });

  it('is unknown when neither says anything', () => {
    expect(givenDoors({}, {})).toBeUndefined();
  });

  it.each([
    [{ 'banks-admin-url': 'localhost:3010' }, {}, '--banks-admin-url: localhost:3010 is no URL'],
    [{}, { GATEWAY_ADMIN_URL: 'gateway' }, 'GATEWAY_ADMIN_URL: gateway is no URL'],
  ])('names what is no URL', (options, environment, sentence) => {
    expect(() => givenDoors(options, environment)).toThrow(sentence);
  });
});
