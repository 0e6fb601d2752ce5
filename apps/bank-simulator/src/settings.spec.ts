import { describe, expect, it } from '@jest/globals';
import { settingsFrom } from './settings.js';

describe('the environment', () => {
  it('may be empty', () => {
    expect(settingsFrom({})).toEqual({
      host: '127.0.0.1',
      ports: expect.objectContaining({ alder: 3011, birch: 3012, cedar: 3013, dogwood: 3014 }),
      adminHost: '127.0.0.1',
      adminPort: 3010,
      allowedHosts: [],
      dataDir: '.holdfast/banks',
      logLevel: 'info',
    });
  });

  it('is rejected with one line per wrong variable', () => {
    const refused = () => settingsFrom({ BANK_ALDER_PORT: '99999', BANKS_ADMIN_PORT: 'x', LOG_LEVEL: 'loud' });
    expect(refused).toThrow(/^BANK_ALDER_PORT=99999: .+\nBANKS_ADMIN_PORT=x: .+\nLOG_LEVEL=loud: .+$/);
  });
});
