import { describe, expect, it } from '@jest/globals';
import { portTable, portsFromEnvironment } from './ports.js';

describe('the ports', () => {
  it('are those of the table when the environment says nothing', () => {
    const ports = portsFromEnvironment({});
    expect(ports).toMatchObject({ api: 3000, postgres: 3032, kafka: 3092 });
    expect(new Set(Object.values(ports)).size).toBe(Object.keys(portTable).length);
  });

  it('move together by an offset, except where one has a variable of its own', () => {
    expect(portsFromEnvironment({ HOLDFAST_PORT_OFFSET: '1000', HOLDFAST_PORT_API: '8080' })).toMatchObject({
      api: 8080,
      apiAdmin: 4001,
      postgres: 4032,
    });
  });

  it('are refused by the name of the variable that gives none', () => {
    expect(() => portsFromEnvironment({ HOLDFAST_PORT_KAFKA: 'kafka' })).toThrow(
      'HOLDFAST_PORT_KAFKA=kafka gives no port',
    );
    expect(() => portsFromEnvironment({ HOLDFAST_PORT_OFFSET: '70000' })).toThrow(
      'HOLDFAST_PORT_OFFSET=70000 gives no port',
    );
  });
});
