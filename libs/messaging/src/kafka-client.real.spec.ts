import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaClient } from './kafka-client.js';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/broker-of-a-test.${name}`, import.meta.url));
const limits = { connectionTimeout: 3_000, requestTimeout: 3_000, retry: { retries: 0 } };
/** The first request of every connection of kafkajs. */
const API_VERSIONS = 18;

describe('a client by TLS', () => {
  const heard: number[] = [];
  const certificates: boolean[] = [];
  const server = createServer(
    {
      key: readFileSync(fixture('key.pem')),
      cert: readFileSync(fixture('cert.pem')),
      ca: readFileSync(fixture('cert.pem')),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      socket.once('data', (request) => {
        heard.push(request.readInt16BE(4));
        certificates.push(socket.authorized);
        socket.destroy();
      });
    },
  );
  let port: number;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => void server.close());

  it('connects to a broker whose certificate is signed by a configured authority', async () => {
    const tls = { caFile: fixture('cert.pem') };
    await expect(
      kafkaClient({ brokers: [`localhost:${port}`], tls, limits })
        .admin()
        .connect(),
    ).rejects.toThrow();
    expect({ heard, certificates }).toEqual({ heard: [API_VERSIONS], certificates: [false] });
  });

  it('sends its client certificate, if configured', async () => {
    const tls = { caFile: fixture('cert.pem'), certFile: fixture('cert.pem'), keyFile: fixture('key.pem') };
    await expect(
      kafkaClient({ brokers: [`127.0.0.1:${port}`], tls, limits })
        .admin()
        .connect(),
    ).rejects.toThrow();
    expect({ heard: heard.slice(1), certificates: certificates.slice(1) }).toEqual({
      heard: [API_VERSIONS],
      certificates: [true],
    });
  });

  it('sends nothing to a broker whose certificate it cannot verify', async () => {
    const before = heard.length;
    const client = kafkaClient({ brokers: [`localhost:${port}`], tls: {}, limits });
    await expect(client.admin().connect()).rejects.toThrow(/self.signed certificate/);
    expect(heard).toHaveLength(before);
  });
});
