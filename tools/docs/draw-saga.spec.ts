import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sagaTable } from '../../libs/contracts/src/saga-table.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { drawSaga } from './draw-saga.js';

const arrowsIn = (text: string): string[] =>
  (/```mermaid\n([\s\S]*?)```/.exec(text)?.[1] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => / -[-.]+> ?/.test(line) || line.includes('-->|'));

describe('docs/saga.md', () => {
  const drawn = drawSaga(sagaTable);

  it('is up to date with npm run docs', () => {
    expect(readFileSync(join(repositoryRoot, 'docs', 'saga.md'), 'utf8')).toBe(drawn);
  });

  it('has an arrow for each possible consequence of a reaction', () => {
    expect(drawn).toContain('ledger_hold_placed -->|bank-gateway| bank_answers_capture');
    expect(drawn).toContain('bank_answers_capture --> bank_capture_succeeded');
    expect(drawn).toContain('ledger_hold_refused -.->|bank-gateway| bank_answers_void');
    expect(drawn).toContain('ledger_charge_posted -->|payments-api| answered');
  });

  it('draws every void as a compensation', () => {
    expect(drawn).toContain('bank_answers_capture -.-> bank_answers_void');
    expect(drawn).toContain('bank_answers_authorize -.-> bank_answers_void');
    expect(drawn).not.toMatch(/^ {2}\w+ -->\S* bank_answers_void/m);
  });

  it('draws the compensations of a charge apart from its forward steps, and no arrow twice', () => {
    const [forward, back] = drawn.split('Forward steps:')[1]!.split('Compensations:').map(arrowsIn);
    expect(forward).not.toContainEqual(expect.stringContaining('-.->'));
    expect(forward).toContain('ledger_charge_posted -->|payments-api| answered');
    expect(back).toContain('ledger_charge_released -->|payments-api| answered');
    expect(forward!.filter((arrow) => back!.includes(arrow))).toEqual([]);
  });

  it('links a saga to the sagas before and after it', () => {
    expect(drawn).toContain('bank_answers_capture --> to_charge(["continues in: A charge, captured at once"])');
    expect(drawn).toContain('from_refund(["from: Refunded"]) --> payments_cancellation_requested');
  });
});
