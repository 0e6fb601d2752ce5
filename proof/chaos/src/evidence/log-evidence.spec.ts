import { describe, expect, it } from '@jest/globals';
import { readLogs } from './log-evidence.js';
import type { LogLine } from './logs.js';

const line = (msg: string, fields: Record<string, unknown> = {}): LogLine => ({
  time: '2026-11-25T12:00:00.000Z',
  service: 'bank-gateway',
  instance: 'bank-gateway-2',
  level: 'info',
  msg,
  ...fields,
});

/** The messages are those of the services and must be changed together with them. */
describe('the evidence from logs', () => {
  it('has breaker transitions, doubts, rebalances, and parked events', async () => {
    const breaker = { bank: 'cedar', lane: 'movements', from: 'closed', to: 'open' };
    const doubt = { operation: 'ch_1.capture', bank: 'cedar', kind: 'capture', reason: 'timeout' };
    const evidence = await readLogs([
      line('the breaker of cedar (movements) went from closed to open', breaker),
      line('an isolated breaker of cedar (movements) went from closed to open', { ...breaker, account: 'acct_1' }),
      line('capture at cedar is in doubt', doubt),
      line('the group shares its partitions out anew', { inHand: 0 }),
      line('the group shares its partitions out anew', { inHand: 4 }),
      line('parked an event that fails whatever is tried', { level: 'error', charge: 'ch_1', attempts: 2 }),
      line('replayed what was parked'),
    ]);
    const at = Date.parse('2026-11-25T12:00:00.000Z');
    expect(evidence.transitions).toEqual([{ at, instance: 'bank-gateway-2', ...breaker }]);
    expect(evidence.isolatedTransitions).toEqual([
      { at, instance: 'bank-gateway-2', isolatedTo: 'acct_1', ...breaker },
    ]);
    expect(evidence.doubts).toEqual([{ at, instance: 'bank-gateway-2', ...doubt }]);
    expect(evidence).toMatchObject({ rebalancesInMidBatch: 1, parked: 1, replayed: 1 });
    expect(evidence.warnings).toEqual([
      {
        atMs: at,
        level: 'error',
        service: 'bank-gateway',
        instance: 'bank-gateway-2',
        message: 'parked an event that fails whatever is tried',
        bank: undefined,
        charge: 'ch_1',
        detail: '{"charge":"ch_1","attempts":2}',
      },
    ]);
  });
});
