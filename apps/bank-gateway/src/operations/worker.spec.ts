import { expect, it } from '@jest/globals';
import { Bulkhead } from '#bank-call';
import type { Sql } from '#postgres';
import { RowsFailedError } from '#saga';
import { FakeClock } from '#testing';
import type { Banks } from '../banks/banks.js';
import { Dispatch } from './dispatch.js';
import type { Performer } from './performer.js';
import type { Task } from './task.js';
import { Worker } from './worker.js';

it('performs what is due past an operation that cannot be read, and says so', async () => {
  const authorization = { charge_id: 'ch_1', account: 'acct_1', amount_minor: 900, state: 'authorizing' };
  const row = (reference: string, broken: boolean) => ({
    reference,
    bank: 'alder',
    // Nothing says what it is to reverse.
    kind: broken ? 'reversal' : 'authorize',
    stray: null,
    isolated_to: null,
    attempts: [],
    end_kind: null,
    authorization,
  });
  const rows = [row('op_broken', true), row('op_1', false), row('op_2', false)];
  const database = { query: () => Promise.resolve(rows.splice(0)) } as unknown as Sql;
  const bulkhead = new Bulkhead(8);
  const shared = {
    get freeSlots() {
      return bulkhead.free;
    },
    keepSlots: (count: number) => bulkhead.keep(count),
  };
  const callers = { config: { name: 'alder' }, shared, isolatedFree: 0 };
  const banks = { all: [callers], knowsTimeOf: () => true } as unknown as Banks;
  const performed: string[] = [];
  const performer = {
    perform: ({ operation, slot }: Task) => {
      performed.push(operation.reference);
      slot.release();
      return Promise.resolve(undefined);
    },
  } as unknown as Performer;
  const failures: unknown[] = [];
  const worker = new Worker({
    banks,
    dispatch: new Dispatch(banks),
    performer,
    database,
    clock: new FakeClock(),
    holder: 'one',
    lookEveryMs: 500,
    look: (look) => look().catch((error: unknown) => void failures.push(error)),
    observer: { onError: (error) => failures.push(error) },
  });
  worker.start();
  await worker.stop();
  expect(performed).toEqual(['op_1', 'op_2']);
  expect(failures).toEqual([expect.any(RowsFailedError)]);
  expect([...(failures[0] as RowsFailedError).failures.keys()]).toEqual(['op_broken']);
  expect(bulkhead.free).toBe(8);
});
