import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts } from './free-ports.js';
import { assertFree, portTable, portsFromEnvironment } from './ports.js';

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

  it('are refused where the offset is no number', () => {
    expect(() => portsFromEnvironment({ HOLDFAST_PORT_OFFSET: 'abc' })).toThrow(
      'HOLDFAST_PORT_OFFSET=abc is no whole number',
    );
  });

  it('are taken too by a program that listens on [::1] only, where localhost may lead', async () => {
    const [port] = (await freePorts(1)) as [number];
    const squatter = createServer().listen(port, '::1');
    await once(squatter, 'listening');
    const taken = assertFree([{ port, of: 'Kafka', variable: 'HOLDFAST_PORT_KAFKA' }]);
    await expect(taken).rejects.toThrow(
      `Port ${port} (Kafka) is taken on [::1]. Set HOLDFAST_PORT_KAFKA to another one.`,
    );
    squatter.close();
  });

  it('are refused where two of them are the same', async () => {
    const [port] = (await freePorts(1)) as [number];
    const twice = ['Kafka', 'Postgres'].map((of) => ({ port, of, variable: `HOLDFAST_PORT_${of.toUpperCase()}` }));
    await expect(assertFree(twice)).rejects.toThrow(
      `Port ${port} (Postgres) is also that of Kafka. Set HOLDFAST_PORT_POSTGRES to another one.`,
    );
  });
});
