import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { openConsole } from '../testing/console-app.js';
import { PageFiles } from './page-files.client.js';
import { PageController } from './page.controller.js';

const files: Record<string, { type: string; content: Buffer }> = {
  'index.html': { type: 'text/html; charset=utf-8', content: Buffer.from('<p>') },
  'assets/page.js': { type: 'text/javascript; charset=utf-8', content: Buffer.from('1') },
};
let app: NestFastifyApplication;
beforeAll(async () => {
  const useValue = { find: (name: string) => files[name] };
  app = await openConsole([PageController], [{ provide: PageFiles, useValue }]);
});
afterAll(() => app.close());
const send = () => supertest(app.getHttpServer());

it('serves the page under a policy that lets nothing in from elsewhere', async () => {
  const { status, headers, text } = await send().get('/');
  expect([status, text, headers['cache-control']]).toEqual([200, '<p>', 'no-cache']);
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
  );
});

it('serves what the page needs, for ever, and nothing else', async () => {
  expect((await send().get('/assets/page.js')).headers['cache-control']).toContain('immutable');
  expect(await send().get('/assets/other.js')).toMatchObject({ status: 404 });
  expect(await send().get('/assets/..%2f..%2fpackage.json')).toMatchObject({ status: 404 });
});
