import { Global, Injectable, Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { createLog } from '#telemetry';
import { FakeClock } from '#testing';
import { Shutdown, SHUTDOWN_LIMIT_MS } from './shutdown.js';

/** The reason for our shutdown phases (decision 22): the order and the missing limits of Nest's shutdown hooks. */
describe('Nest’s shutdown hooks', () => {
  it('run in the order of modules: workers of a service would end before the consumer of its frame', async () => {
    const ended: string[] = [];
    @Injectable()
    class Consumer implements BeforeApplicationShutdown {
      beforeApplicationShutdown(): void {
        ended.push('consumer');
      }
    }
    @Injectable()
    class Workers implements BeforeApplicationShutdown {
      beforeApplicationShutdown(): void {
        ended.push('workers');
      }
    }
    @Global()
    @Module({ providers: [Consumer], exports: [Consumer] })
    class FrameModule {}
    @Module({ providers: [Workers] })
    class OperationsModule {}
    const service = await Test.createTestingModule({ imports: [FrameModule, OperationsModule] }).compile();
    await service.init();
    await service.close();
    expect(ended).toEqual(['workers', 'consumer']);
  });

  it('have no time limit: after one that hangs, no later one runs; a phase that hangs is skipped', async () => {
    const forever = new Promise<void>(() => undefined);
    const ended: string[] = [];
    @Injectable()
    class Leases implements BeforeApplicationShutdown {
      beforeApplicationShutdown(): void {
        ended.push('leases, by a hook');
      }
    }
    @Injectable()
    class Door implements BeforeApplicationShutdown {
      beforeApplicationShutdown(): Promise<void> {
        return forever;
      }
    }
    @Module({ providers: [Leases] })
    class FrameModule {}
    @Module({ imports: [FrameModule], providers: [Door] })
    class ServiceModule {}
    const service = await Test.createTestingModule({ imports: [ServiceModule] }).compile();
    await service.init();
    void service.close();

    const clock = new FakeClock();
    const shutdown = new Shutdown(clock, createLog({ service: 's', instance: 'i', level: 'silent' }));
    shutdown.during('door', 'the door', () => forever);
    shutdown.during('leases', 'the leases', () => void ended.push('leases, by a phase'));
    void shutdown.run();
    while (clock.monotonicMs() < SHUTDOWN_LIMIT_MS) await clock.advance(100);
    expect(ended).toEqual(['leases, by a phase']);
  });
});
