import { describe, expect, it } from '@jest/globals';
import { settingsFrom, UnusableSettings } from './settings.js';

describe('the settings of the console', () => {
  it('have defaults, and a new token at each start', () => {
    const [one, other] = [settingsFrom({}), settingsFrom({ CONSOLE_TOKEN: '' })];
    expect(one).toMatchObject({ host: '127.0.0.1', port: 3004, doors: { ledger: [] } });
    expect(one.token.length).toBeGreaterThan(20);
    expect(other.token).not.toBe(one.token);
  });

  it('name each instance of a service', () => {
    const { doors } = settingsFrom({ LEDGER_ADMIN_URL: 'http://a:3003/, http://b:3003' });
    expect(doors.ledger).toEqual(['http://a:3003', 'http://b:3003']);
  });

  it('name every variable that cannot be used, and show no token', () => {
    const read = () => settingsFrom({ CONSOLE_PORT: 'x', LEDGER_ADMIN_URL: 'ledger', CONSOLE_TOKEN: 'short' });
    expect(read).toThrow(UnusableSettings);
    expect(read).toThrow(/CONSOLE_PORT=x[^]*CONSOLE_TOKEN=…[^]*LEDGER_ADMIN_URL=ledger/);
  });
});
