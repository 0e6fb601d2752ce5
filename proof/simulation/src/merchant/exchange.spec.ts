import { afterEach, describe, expect, it } from '@jest/globals';
import { SimulatedClock } from '#virtual-time';
import { MovingWorld } from '../../../virtual-time/src/testing/moving-world.js';
import type { RunningService } from '../service/running-service.js';
import { exchange, type Delivered } from './exchange.js';

const request = { id: 'req_1', account: 'acct_anna', method: 'GET', path: '/v1/nowhere', parameters: {} } as const;
const PATIENCE_MS = 1_000;

let world: MovingWorld;
afterEach(() => world.stop());

/** @param latenciesMs of the messages, in the order in which they are sent */
function sent(latenciesMs: number[], killedAfterMs: number): Promise<Delivered> {
  world = new MovingWorld();
  const process = world.process('payments-api-0');
  const door = {
    refuses: false,
    hold: (work: () => Promise<unknown>) => new SimulatedClock(process).sleep(5).then(work),
  };
  const service = { process, routes: [], handlers: undefined, door } as unknown as RunningService;
  world.scheduler.after(killedAfterMs, undefined, () => process.kill());
  return exchange(world.process('client'), service, request, () => latenciesMs.shift()!, PATIENCE_MS);
}

describe('an exchange with a process that ends', () => {
  it('brings the answer that was sent before its end, however slow it is', async () => {
    expect(await sent([1, 30, 0.1], 7)).toMatchObject({ kind: 'response' });
  });

  it('brings nothing when its end came before the answer', async () => {
    expect(await sent([1, 30, 0.1], 5)).toEqual({ kind: 'nothing' });
  });
});
