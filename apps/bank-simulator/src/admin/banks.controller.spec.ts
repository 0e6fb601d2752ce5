import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { bankProtocol } from '#contracts';
import { Books } from '../books/books.js';
import { BankListeners } from '../desk/banks.js';
import { BanksController } from './banks.controller.js';
import { openAdmin } from './testing/admin-app.js';

const synced = jest.fn(() => Promise.resolve());
const read = jest.fn((after: number) => ({ records: [], next: after + 7 }));
const recordsOf = jest.fn((_chargeId: string) => Promise.resolve([]));
const get = jest.fn((name: bankProtocol.BankName) => ({
  books: new Books(bankProtocol.bankProfiles[name]),
  journal: { synced, read, recordsOf },
  now: () => 1_000,
}));
const urls = () => ({ alder: 'http://a', birch: 'http://b', cedar: 'http://c', dogwood: 'http://d' });

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await openAdmin([BanksController], [{ provide: BankListeners, useValue: { get, urls } }]);
});
afterAll(() => app.close());
beforeEach(() => void jest.clearAllMocks());

const banks = () => supertest(app.getHttpServer());

describe('GET /banks', () => {
  it('shows each bank’s profile, port and time', async () => {
    const { status, body } = await banks().get('/banks');
    expect(status).toBe(200);
    expect(body.map(({ name, url, now }: { name: string; url: string; now: number }) => [name, url, now])).toEqual([
      ['alder', 'http://a', 1_000],
      ['birch', 'http://b', 1_000],
      ['cedar', 'http://c', 1_000],
      ['dogwood', 'http://d', 1_000],
    ]);
  });
});

describe('GET /banks/:bank/journal', () => {
  it('reads on from a page’s end, once the journal is on disk', async () => {
    expect(await banks().get('/banks/birch/journal?after=12')).toMatchObject({ status: 200, body: { next: 19 } });
    expect(get).toHaveBeenCalledWith('birch');
    expect(synced.mock.invocationCallOrder[0]).toBeLessThan(read.mock.invocationCallOrder[0]!);
    expect(await banks().get('/banks/birch/journal')).toMatchObject({ body: { next: 7 } });
  });

  it.each(['-1', 'x', '1.5', '9'.repeat(16)])('refuses to read on from %s', async (after) => {
    expect(await banks().get(`/banks/birch/journal?after=${after}`)).toMatchObject({ status: 400 });
    expect(read).not.toHaveBeenCalled();
  });

  it('shows the records of one charge', async () => {
    expect(await banks().get('/banks/cedar/journal/charges/ch_1')).toMatchObject({
      status: 200,
      body: { records: [] },
    });
    expect(recordsOf).toHaveBeenCalledWith('ch_1');
  });
});

describe('GET /banks/:bank/totals', () => {
  it('sums up the books', async () => {
    const { status, body } = await banks().get('/banks/alder/totals');
    expect(status).toBe(200);
    expect(bankProtocol.totalsSchema.safeParse(body).success).toBe(true);
    expect(synced).toHaveBeenCalledTimes(1);
  });

  it('knows four banks', async () => {
    expect(await banks().get('/banks/elm/totals')).toMatchObject({ status: 404, body: { message: 'no bank elm' } });
    expect(get).not.toHaveBeenCalled();
  });
});
