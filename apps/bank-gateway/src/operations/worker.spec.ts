import { expect, it } from '@jest/globals';
import { Bulkhead } from '#bank-call';
import type { Sql } from '#postgres';
import { RowsFailedError } from '#saga';
import { FakeClock } from '#testing';
import type { BankClients } from '../banks/banks.js';
import { Dispatch } from './dispatch.js';
import { GatewayStoppingError, type Performer } from './performer.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';
import { Worker } from './worker.js';

function row(reference: string, broken = false): object {
  const authorization = { charge_id: 'ch_1', account: 'acct_1', amount_minor: 900, state: 'authorizing' };
  return {
    reference,
    bank: 'alder',
    // A broken row: a reversal without a target.
    kind: broken ? 'reversal' : 'authorize',
    stray: null,
    isolated_to: null,
    attempts: [],
    end_kind: null,
    authorization,
  };
}

/** Runs a worker that takes these rows, and stops it once it has performed them. */
async function workOff(rows: object[], perform: (reference: string) => Promise<undefined>) {
  const database = { query: () => Promise.resolve(rows.splice(0)) } as unknown as Sql;
  const bulkhead = new Bulkhead(8);
  const shared = {
    get freeSlots() {
      return bulkhead.free;
    },
    keepSlots: (count: number) => bulkhead.keep(count),
  };
  const callers = { config: { name: 'alder' }, shared, isolatedFree: 0 };
  const banks = { all: [callers], knowsTimeOf: () => true } as unknown as BankClients;
  const performer = {
    perform: ({ operation, slot }: ClaimedOperation) => {
      slot.release();
      return perform(operation.reference);
    },
  } as unknown as Performer;
  const failures: unknown[] = [];
  const left: string[] = [];
  const worker = new Worker({
    banks,
    dispatch: new Dispatch(banks),
    performer,
    database,
    clock: new FakeClock(),
    holder: 'one',
    lookEveryMs: 500,
    look: (look) => look().catch((error: unknown) => void failures.push(error)),
    observer: {
      onError: (error) => failures.push(error),
      onLeft: ({ operation }) => left.push(operation.reference),
    },
  });
  worker.start();
  await worker.stop();
  return { failures, left, free: bulkhead.free };
}

it('skips an unreadable operation, performs the other due ones, and reports the failure', async () => {
  const performed: string[] = [];
  const { failures, free } = await workOff([row('op_broken', true), row('op_1'), row('op_2')], (reference) => {
    performed.push(reference);
    return Promise.resolve(undefined);
  });
  expect(performed).toEqual(['op_1', 'op_2']);
  expect(failures).toEqual([expect.any(RowsFailedError)]);
  expect([...(failures[0] as RowsFailedError).failures.keys()]).toEqual(['op_broken']);
  expect(free).toBe(8);
});

it('does not report operations that a shutdown leaves to their lease as errors', async () => {
  const bug = new Error('a bug');
  const { failures, left } = await workOff([row('op_1'), row('op_2')], (reference) =>
    Promise.reject(reference === 'op_1' ? new GatewayStoppingError() : bug),
  );
  expect(left).toEqual(['op_1']);
  expect(failures).toEqual([bug]);
});
