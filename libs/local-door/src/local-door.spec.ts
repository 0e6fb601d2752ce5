import { describe, expect, it } from '@jest/globals';
import { allowedHosts } from './allowed-hosts.js';
import { refusalAtLocalDoor } from './local-door.js';

const names = ['bank-simulator'];

describe('a local door', () => {
  it.each([
    ['localhost', {}],
    ['localhost:3010', {}],
    ['LocalHost:3010', {}],
    ['127.0.0.1:3010', {}],
    ['192.168.1.7:3010', {}],
    ['[::1]:3010', {}],
    ['[::ffff:127.0.0.1]', {}],
    ['bank-simulator:3011', {}],
    ['Bank-Simulator:3011', {}],
    ['localhost:3010', { origin: 'http://localhost:3010' }],
    ['127.0.0.1:3010', { origin: 'http://127.0.0.1:3010', 'sec-fetch-site': 'same-origin' }],
    ['localhost:3010', { 'sec-fetch-site': 'none' }],
  ])('accepts a request to %s with %j', (host, headers) => {
    expect(refusalAtLocalDoor({ host, ...headers }, names)).toBeUndefined();
  });

  it.each([
    ['evil.example'],
    ['evil.example:3010'],
    ['localhost.evil.example:3010'],
    ['evil.localhost'],
    ['localhost.'],
    ['127.0.0.1.evil.example'],
    ['127.1'],
    ['0x7f000001'],
    ['2130706433'],
    ['bank-simulator.evil.example'],
    ['localhost@evil.example'],
    ['evil@localhost'],
    ['localhost:3010:80'],
    ['localhost:port'],
    ['[evil.example]'],
    ['[::1'],
    ['127.0.0.1, evil.example'],
    [''],
  ])('refuses the host %p', (host) => {
    expect(refusalAtLocalDoor({ host }, names)).toMatch(/does not answer to the host name/);
  });

  it('refuses a request without a host', () => {
    expect(refusalAtLocalDoor({}, names)).toMatch(/does not answer to the host name/);
  });

  it.each([
    ['http://evil.example'],
    ['null'],
    [''],
    ['http://localhost:8080'],
    ['http://localhost'],
    ['http://127.0.0.1:3010'],
    ['file://'],
    ['http://localhost:3010.evil.example'],
  ])('refuses a page of the origin %p', (origin) => {
    expect(refusalAtLocalDoor({ host: 'localhost:3010', origin }, names)).toMatch(/another origin/);
  });

  it('refuses a browser’s request for a page of another site', () => {
    expect(refusalAtLocalDoor({ host: 'localhost', 'sec-fetch-site': 'cross-site' }, names)).toMatch(/another site/);
  });

  it('quotes only the beginning of a hostile header', () => {
    expect(refusalAtLocalDoor({ host: 'a'.repeat(10_000) }, [])!.length).toBeLessThan(300);
  });
});

describe('ALLOWED_HOSTS', () => {
  it('lists names in any case, separated by commas', () => {
    expect(allowedHosts.parse('Ledger, bank-simulator,,')).toEqual(['ledger', 'bank-simulator']);
    expect(allowedHosts.parse(undefined)).toEqual([]);
  });

  it.each(['http://ledger', 'ledger:3003', '*', 'a b'])('cannot be %p', (text) => {
    expect(allowedHosts.safeParse(text).success).toBe(false);
  });
});
