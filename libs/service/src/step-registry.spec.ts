import { EventPattern } from '@nestjs/microservices';
import { describe, expect, it } from '@jest/globals';
import { bank } from '#contracts';
import type { PgTransaction } from '#postgres';
import { Decides, unchanged, type Aggregates, type AggregateType, type Decision } from '#saga';
import { StepRegistry } from './step-registry.js';

const holds: AggregateType<string> = { kind: 'hold', keyName: ({ chargeId }) => chargeId, restate: () => [] };
const keeper = {} as Aggregates<PgTransaction, unknown>;

class HoldEvents {
  @EventPattern('bank.capture_succeeded.v1')
  @Decides(holds, bank.captureSucceeded)
  captureSucceeded(hold: string): Decision<string> {
    return unchanged(hold);
  }
}
const registryOf = (...controllers: object[]): StepRegistry => new StepRegistry(() => controllers);

describe('the step registry', () => {
  it('collects what all modules list', () => {
    const registry = registryOf(new HoldEvents(), new Map());
    registry.keep('hold', keeper);
    registry.keep('charge', keeper);
    expect([...registry.aggregates.keys()]).toEqual(['hold', 'charge']);
    expect(registry.steps()).toMatchObject([{ on: bank.captureSucceeded, aggregate: holds }]);
  });

  it('rejects a second repository for an aggregate', () => {
    const registry = registryOf();
    registry.keep('hold', keeper);
    expect(() => registry.keep('hold', keeper)).toThrow('aggregates of kind "hold" are kept twice');
  });

  it('rejects a second handler for a kind of effect', () => {
    const registry = registryOf();
    registry.doAfterCommit('charge_settled', { committed: () => undefined });
    expect(() => registry.doAfterCommit('charge_settled', { committed: () => undefined })).toThrow('two handlers');
  });

  it('rejects an event handler whose aggregate has no repository', () => {
    expect(() => registryOf(new HoldEvents()).steps()).toThrow('decides on a "hold", which no repository keeps');
  });
});
