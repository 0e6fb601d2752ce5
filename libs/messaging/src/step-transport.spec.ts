import { Controller, Module, type Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, NestFactory } from '@nestjs/core';
import { EventPattern, type AsyncMicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from '@jest/globals';
import { bank, ledger } from '#contracts';
import type { Transaction } from '#postgres';
import { Decides, unchanged, type AggregateType, type AnyStep, type BatchParts, type Decision } from '#saga';
import { eventually, FakeClock } from '#testing';
import type { Bus, ConsumeOptions } from './bus.js';
import { stepsOf } from './event-handlers.js';
import { StepTransport } from './step-transport.js';

const holds: AggregateType<string> = { kind: 'nothing', keyName: ({ chargeId }) => chargeId, restate: () => [] };

@Controller()
class BankEvents {
  @EventPattern('bank.authorization_approved.v1')
  @Decides(holds, bank.authorizationApproved)
  authorizationApproved(hold: string): Decision<string> {
    return unchanged(hold);
  }

  @EventPattern('bank.capture_succeeded.v1')
  @Decides(holds, bank.captureSucceeded)
  captureSucceeded(hold: string): Decision<string> {
    return unchanged(hold);
  }
}

@Controller()
class LedgerEvents {
  @EventPattern('ledger.hold_placed.v1')
  @Decides(holds, ledger.holdPlaced)
  holdPlaced(hold: string): Decision<string> {
    return unchanged(hold);
  }
}

function moduleOf(...controllers: Type[]): Type {
  @Module({ imports: [DiscoveryModule], controllers })
  class HandlersModule {}
  return HandlersModule;
}

class FakeBus implements Bus {
  consumed: ConsumeOptions | undefined;
  joins = Promise.resolve();
  stops = 0;

  publish(): Promise<void> {
    return Promise.resolve();
  }

  async consume(options: ConsumeOptions): Promise<{ stop(): Promise<void> }> {
    options.signal!.throwIfAborted();
    this.consumed = options;
    const givenUp = new Promise<never>((_, reject) => {
      options.signal!.addEventListener('abort', () => reject(options.signal!.reason as Error));
    });
    await Promise.race([this.joins, givenUp]);
    return { stop: async () => void this.stops++ };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const parts: BatchParts<Transaction> = {
  service: 'ledger',
  store: { transaction: () => Promise.reject(new Error('no store')), isTransient: () => true },
  inbox: { admit: () => Promise.reject(new Error()), park: () => undefined, forget: () => undefined },
  outbox: { append: () => undefined },
  aggregates: new Map(),
  effects: new Map(),
  clock: new FakeClock(),
};

type Discovered = (discovery: DiscoveryService) => readonly AnyStep[];
const discovered: Discovered = (discovery) =>
  stepsOf(discovery.getControllers().map(({ instance }) => instance as object));

const strategy = (bus: Bus, find = discovered): AsyncMicroserviceOptions => ({
  inject: [DiscoveryService],
  useFactory: (discovery: DiscoveryService) => ({
    strategy: new StepTransport({ bus, parts, steps: () => find(discovery) }),
  }),
});

const microservice = (bus: Bus, controllers: Type[], find?: Discovered) =>
  NestFactory.createMicroservice<AsyncMicroserviceOptions>(moduleOf(...controllers), {
    ...strategy(bus, find),
    logger: false,
    abortOnError: false,
  });

describe('StepTransport', () => {
  it('subscribes the service to exactly the topics of the steps that its modules list', async () => {
    const bus = new FakeBus();
    const app = await microservice(bus, [BankEvents, LedgerEvents]);
    await app.listen();
    expect(bus.consumed).toMatchObject({
      group: 'ledger',
      topics: ['bank.events.ledger', 'ledger.events.bank-gateway'],
      formerTopics: ['bank.events', 'ledger.events'],
    });
    await app.close();
    expect(bus.stops).toBe(1);
  });

  it('works beside HTTP, connected to an application', async () => {
    const bus = new FakeBus();
    const app = await NestFactory.create(moduleOf(BankEvents), new FastifyAdapter(), {
      logger: false,
    });
    app.connectMicroservice<AsyncMicroserviceOptions>(strategy(bus));
    await app.startAllMicroservices();
    expect(bus.consumed).toMatchObject({ topics: ['bank.events.ledger'] });
    await app.close();
    expect(bus.stops).toBe(1);
  });

  it('rejects a handler without a decision: events are handled in batches, never one at a time', async () => {
    @Controller()
    class Undecided {
      @EventPattern('undecided.v1')
      handle(_data: unknown): void {}
    }
    const app = await microservice(new FakeBus(), [Undecided]);
    await expect(app.listen()).rejects.toThrow('Undecided.handle handles "undecided.v1" and lacks @Decides');
    await app.close();
  });

  it('refuses to listen when Nest registered a handler without a decision', async () => {
    const app = await microservice(new FakeBus(), [BankEvents], () => stepsOf([new LedgerEvents()]));
    await expect(app.listen()).rejects.toThrow(
      'Nest registered a handler of "bank.authorization_approved.v1", which has no decision',
    );
    await app.close();
  });

  it('refuses to listen when a decision has no handler registered with Nest', async () => {
    const app = await microservice(new FakeBus(), [BankEvents], () => stepsOf([new BankEvents(), new LedgerEvents()]));
    await expect(app.listen()).rejects.toThrow('Nest registered no handler of "ledger.hold_placed.v1"');
    await app.close();
  });

  it('refuses two handlers of one event', async () => {
    @Controller()
    class Again {
      @EventPattern('ledger.hold_placed.v1')
      @Decides(holds, ledger.holdPlaced)
      holdPlaced(hold: string): Decision<string> {
        return unchanged(hold);
      }
    }
    const app = await microservice(new FakeBus(), [LedgerEvents, Again]);
    await expect(app.listen()).rejects.toThrow('two handlers of one service react to ledger.hold_placed.v1');
    await app.close();
  });

  it('closes before it has joined its group', async () => {
    const bus = new FakeBus();
    bus.joins = new Promise(() => undefined);
    const app = await microservice(bus, [BankEvents, LedgerEvents]);
    await Promise.all([
      expect(app.listen()).rejects.toThrow('closed before it had joined'),
      eventually('it tries to join', () => bus.consumed).then(() => app.close()),
    ]);
  });

  it('on close, abandons batches that wait for a store that is away: the bus redelivers them', async () => {
    const bus = new FakeBus();
    const app = await microservice(bus, [BankEvents, LedgerEvents]);
    await app.listen();
    const event = { ...ledger.holdPlaced({ chargeId: 'ch_1' } as never), source: 'ledger', time: 0 };
    const origin = { topic: 'ledger.events', partition: 0, offset: '0' };
    const handled = bus.consumed!.onBatch([{ event, origin }]);
    await Promise.all([expect(handled).rejects.toThrow('stopping'), app.close()]);
  });
});
