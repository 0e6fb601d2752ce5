import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts } from './free-ports.js';
import { assertFree, portTable, portsFromEnvironment } from './ports.js';

describe('the ports', () => {
  it('are those of the table by default', () => {
    const ports = portsFromEnvironment({});
    expect(ports).toMatchObject({ api: 3000, postgres: 3032, kafka: 3092 });
    expect(new Set(Object.values(ports)).size).toBe(Object.keys(portTable).length);
  });

  it('are moved by an offset, except those with a variable of their own', () => {
    expect(portsFromEnvironment({ HOLDFAST_PORT_OFFSET: '1000', HOLDFAST_PORT_API: '8080' })).toMatchObject({
      api: 8080,
      apiAdmin: 4001,
      postgres: 4032,
    });
  });

  it('are rejected with the name of the invalid variable', () => {
    expect(() => portsFromEnvironment({ HOLDFAST_PORT_KAFKA: 'kafka' })).toThrow(
      'HOLDFAST_PORT_KAFKA=kafka gives no port',
    );
    expect(() => portsFromEnvironment({ HOLDFAST_PORT_OFFSET: '70000' })).toThrow(
      'HOLDFAST_PORT_OFFSET=70000 gives no port',
    );
  });

  it('are rejected if the offset is no number', () => {
    expect(() => portsFromEnvironment({ HOLDFAST_PORT_OFFSET: 'abc' })).toThrow(
      'HOLDFAST_PORT_OFFSET=abc is no whole number',
    );
  });

  it('are taken also by a program that listens on [::1] only, since localhost may resolve to it', async () => {
    const [port] = (await freePorts(1)) as [number];
    const squatter = createServer().listen(port, '::1');
    await once(squatter, 'listening');
    const taken = assertFree([{ port, of: 'Kafka', variable: 'HOLDFAST_PORT_KAFKA' }]);
    await expect(taken).rejects.toThrow(
      `Port ${port} (Kafka) is taken on [::1]. Set HOLDFAST_PORT_KAFKA to another one.`,
    );
    squatter.close();
  });

  it('are rejected if two of them are equal', async () => {
    const [port] = (await freePorts(1)) as [number];
    const twice = ['Kafka', 'Postgres'].map((of) => ({ port, of, variable: `HOLDFAST_PORT_${of.toUpperCase()}` }));
    await expect(assertFree(twice)).rejects.toThrow(
      `Port ${port} (Postgres) is also that of Kafka. Set HOLDFAST_PORT_POSTGRES to another one.`,
    );
  });
});
