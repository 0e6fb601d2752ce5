import { Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from '@jest/globals';
import { bank, ledger } from '#contracts';
import type { Transaction } from '#postgres';
import { stepsOn, unchanged, type AnyStep, type BatchParts } from '#saga';
import { eventually, FakeClock } from '#testing';
import type { Bus, ConsumeOptions } from './bus.js';
import { consumerOf, StepTransport } from './step-transport.js';

const step = stepsOn<string>({ kind: 'nothing', restate: () => [] });
const idOf = ({ chargeId }: { chargeId: string }): string => chargeId;
const steps: AnyStep[] = [bank.authorizationApproved, bank.captureSucceeded, ledger.holdPlaced].map((on) =>
  step({ on: on as typeof ledger.holdPlaced, idOf, decide: unchanged }),
);

function moduleOf(...controllers: Type[]): Type {
  @Module({ controllers })
  class StepsModule {}
  return StepsModule;
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
  inbox: { admit: () => Promise.reject(new Error()), park: () => Promise.resolve(), forget: () => Promise.resolve() },
  outbox: { append: () => Promise.resolve() },
  aggregates: new Map(),
  clock: new FakeClock(),
};

const microservice = (bus: Bus, ...controllers: Type[]) =>
  NestFactory.createMicroservice<MicroserviceOptions>(moduleOf(...controllers), {
    strategy: new StepTransport({ bus, parts }),
    logger: false,
    abortOnError: false,
  });

describe('StepTransport', () => {
  it('subscribes the service to exactly the topics of the steps that its modules list', async () => {
    const bus = new FakeBus();
    const app = await microservice(bus, consumerOf(steps.slice(0, 2)), consumerOf(steps.slice(2)));
    await app.listen();
    expect(bus.consumed).toMatchObject({ group: 'ledger', topics: ['bank.events', 'ledger.events'] });
    await app.close();
    expect(bus.stops).toBe(1);
  });

  it('works beside HTTP, connected to an application', async () => {
    const bus = new FakeBus();
    const app = await NestFactory.create(moduleOf(consumerOf(steps.slice(0, 1))), new FastifyAdapter(), {
      logger: false,
    });
    app.connectMicroservice<MicroserviceOptions>({ strategy: new StepTransport({ bus, parts }) });
    await app.startAllMicroservices();
    expect(bus.consumed).toMatchObject({ topics: ['bank.events'] });
    await app.close();
    expect(bus.stops).toBe(1);
  });

  it('refuses a handler that is no step: one event at a time is not how events are handled here', async () => {
    @Controller()
    class Stray {
      @EventPattern('stray.v1')
      handle(_data: unknown): void {}
    }
    const app = await microservice(new FakeBus(), Stray);
    await expect(app.listen()).rejects.toThrow('the handler of "stray.v1" is no step');
    await app.close();
  });

  it('refuses two steps for one event', async () => {
    const app = await microservice(new FakeBus(), consumerOf([steps[0]!]), consumerOf([steps[0]!]));
    await expect(app.listen()).rejects.toThrow('two steps of one service react to the same event');
    await app.close();
  });

  it('closes although it has not joined its group yet', async () => {
    const bus = new FakeBus();
    bus.joins = new Promise(() => undefined);
    const app = await microservice(bus, consumerOf(steps));
    await Promise.all([
      expect(app.listen()).rejects.toThrow('closed before it had joined'),
      eventually('it tries to join', () => bus.consumed).then(() => app.close()),
    ]);
  });

  it('gives up, on close, batches that wait for a store that is away: they are delivered again', async () => {
    const bus = new FakeBus();
    const app = await microservice(bus, consumerOf(steps));
    await app.listen();
    const event = { ...ledger.holdPlaced({ chargeId: 'ch_1' } as never), source: 'ledger', time: 0 };
    const origin = { topic: 'ledger.events', partition: 0, offset: '0' };
    const handled = bus.consumed!.onBatch([{ event, origin }]);
    await Promise.all([expect(handled).rejects.toThrow('stopping'), app.close()]);
  });
});
