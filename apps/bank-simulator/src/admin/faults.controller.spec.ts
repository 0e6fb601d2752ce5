import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import type { bankProtocol } from '#contracts';
import { FaultSwitchboard } from '../faults/fault-switchboard.js';
import { FaultsController } from './faults.controller.js';
import { openAdmin } from './testing/admin-app.js';

const add = jest.fn<FaultSwitchboard['add']>();
const list = jest.fn<FaultSwitchboard['list']>();
const remove = jest.fn<FaultSwitchboard['remove']>();
const removeAll = jest.fn<FaultSwitchboard['removeAll']>();

let app: NestFastifyApplication;
beforeAll(async () => {
  const useValue = { add, list, remove, removeAll };
  app = await openAdmin([FaultsController], [{ provide: FaultSwitchboard, useValue }]);
});
afterAll(() => app.close());
beforeEach(() => void jest.resetAllMocks());

const faults = () => supertest(app.getHttpServer());
const standing = { id: 'fault_1', fault: 'hang' } as bankProtocol.StandingFaultRule;

describe('POST /faults', () => {
  it('sets the rule that the schema read', async () => {
    add.mockResolvedValue(standing);
    const answer = await faults()
      .post('/faults')
      .send({ scope: { bank: 'alder' }, fault: 'hang' });
    expect(answer).toMatchObject({ status: 201, body: standing });
    expect(add).toHaveBeenCalledWith(expect.objectContaining({ scope: { bank: 'alder' }, fault: 'hang' }));
  });

  it.each([{ fault: 'explode' }, { fault: 'hang', scope: { bank: 'elm' } }, { fault: 'hang', colour: 'red' }])(
    'refuses %j, and says what is wrong',
    async (rule) => {
      const { status, body } = await faults().post('/faults').send(rule);
      expect(status).toBe(400);
      expect(body.message).toMatch(/fault|bank|colour/);
      expect(add).not.toHaveBeenCalled();
    },
  );
});

describe('GET /faults', () => {
  it('lists the rules in force', async () => {
    list.mockReturnValue([standing]);
    expect(await faults().get('/faults')).toMatchObject({ status: 200, body: [standing] });
  });
});

describe('DELETE /faults', () => {
  it('lifts one rule, and says 404 when there is none', async () => {
    remove.mockImplementation((id) => Promise.resolve(id === 'fault_1'));
    expect(await faults().delete('/faults/fault_1')).toMatchObject({ status: 204, text: '' });
    expect(await faults().delete('/faults/fault_2')).toMatchObject({
      status: 404,
      body: { message: 'no fault rule fault_2' },
    });
  });

  it('lifts all of them', async () => {
    expect(await faults().delete('/faults')).toMatchObject({ status: 204 });
    expect(removeAll).toHaveBeenCalledTimes(1);
    expect(remove).not.toHaveBeenCalled();
  });
});
