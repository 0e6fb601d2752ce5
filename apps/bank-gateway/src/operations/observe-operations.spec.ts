import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { createLog, Metrics } from '#telemetry';
import { authorized, terms } from '../../test/authorization-under-test.js';
import { cedar, no, operation, timedOut, yes } from '../../test/operation-under-test.js';
import { observeOperations } from './observe-operations.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

function listening() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const log = createLog({ service: 'bank-gateway', instance: 'one', level: 'debug', destination });
  const metrics = new Metrics(new SystemClock());
  return { lines, metrics, observer: observeOperations(log, metrics) };
}
const task = (live = operation('capture', cedar)): ClaimedOperation => ({
  terms,
  operation: live,
  actsOn: authorized.bankAuthorizationId,
  slot: { release: () => undefined },
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});

describe('the telemetry of operations', () => {
  it('is one line at info for the end of a charge, and other steps at debug', () => {
    const { lines, observer } = listening();
    observer.ended(task(), operation('authorize', cedar, yes.authorize), 'authorized');
    observer.ended(task(), operation('capture', cedar, no.capture), 'voiding');
    observer.ended(task(), operation('capture', cedar, yes.capture), 'captured');
    expect(lines.map(({ level, end }) => [level, end])).toEqual([
      ['debug', 'succeeded'],
      ['debug', 'refused'],
      ['info', 'succeeded'],
    ]);
    expect(lines[2]).toMatchObject({ charge: 'ch_1', trace_id: '0af7651916cd43dd8448eb211c80319c', state: 'captured' });
  });

  it('is a doubt at info with its charge and reason, and `needs_attention` at warn', () => {
    const { lines, observer } = listening();
    observer.inDoubt(task(), operation('capture', cedar, timedOut));
    observer.needsAttention(task(), operation('capture', cedar, timedOut));
    expect(lines).toMatchObject([
      { level: 'info', charge: 'ch_1', bank: 'cedar', reason: 'timeout' },
      { level: 'warn', charge: 'ch_1', operation: 'ch_1.capture' },
    ]);
  });

  it('is the end of a refund at info, and a refused compensation at warn', () => {
    const { lines, observer } = listening();
    const refund = operation('refund', cedar, no.refund);
    observer.ended(task(refund), refund, 'captured');
    const compensation = { ...refund, reference: 'ch_1.compensation' };
    observer.ended(task(compensation), compensation, 'captured');
    expect(lines.map(({ level, operation }) => [level, operation])).toEqual([
      ['info', 'ch_1.refund.re_1'],
      ['warn', 'ch_1.compensation'],
    ]);
  });

  it('never contains the card', () => {
    const { lines, observer } = listening();
    observer.ended(task(), operation('authorize', cedar, no.authorize), 'declined');
    observer.inDoubt(task(), operation('capture', cedar, timedOut));
    expect(JSON.stringify(lines)).not.toMatch(/4242|fp_1/);
  });

  it('counts by bank, kind and end', async () => {
    const { metrics, observer } = listening();
    observer.ended(task(), operation('authorize', cedar, no.authorize), 'declined');
    observer.inDoubt(task(), operation('capture', cedar, timedOut));
    const text = await metrics.text();
    expect(text).toMatch(/bank_operations_ended_total\{.*bank="cedar".*kind="authorize".*end="refused".*\} 1/);
    expect(text).toMatch(/bank_operations_doubted_total\{.*bank="cedar".*kind="capture".*\} 1/);
  });
});
