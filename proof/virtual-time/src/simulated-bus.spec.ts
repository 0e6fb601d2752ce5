import { describe } from '@jest/globals';
import { busContract } from '../../../libs/messaging/src/testing/bus-contract.js';
import { busOutageContract } from '../../../libs/messaging/src/testing/bus-outage-contract.js';
import { Broker } from './broker.js';
import { SimulatedBus, type BrokerHost } from './simulated-bus.js';
import { MovingWorld } from './testing/moving-world.js';

const PARTITIONS = 4;
const topics = Array.from({ length: 50 }, (_, number) => `topic-${number}`);

describe.each([1, 2, 3])('SimulatedBus over a network of seed %i', (seed) => {
  busContract(() => {
    const world = new MovingWorld(seed);
    const unused = topics.values();
    const hostOf = (broker: Broker): BrokerHost => ({
      broker,
      network: world.network('kafka'),
      faults: { onPublish: () => 'nothing' },
    });
    const host = hostOf(new Broker(topics, PARTITIONS));
    const away = hostOf(new Broker(topics, PARTITIONS));
    away.broker.isUp = false;
    return Promise.resolve({
      clock: world.clock,
      bus: () => new SimulatedBus(world.process('one of its clients'), host),
      busWithoutBroker: () => new SimulatedBus(world.process('a lonely client'), away),
      topic: () => Promise.resolve(unused.next().value!),
      committed: (group, topic) => Promise.resolve(host.broker.committed(group, topic)),
      close: () => Promise.resolve(world.stop()),
    });
  });
});

describe('SimulatedBus whose broker goes away', () => {
  busOutageContract(['away'], () => {
    const world = new MovingWorld();
    const broker = new Broker(topics, PARTITIONS);
    const host: BrokerHost = { broker, network: world.network('kafka'), faults: { onPublish: () => 'nothing' } };
    const becomes = (up: boolean) => () => Promise.resolve(void (broker.isUp = up));
    return Promise.resolve({
      clock: world.clock,
      topic: topics[0]!,
      bus: () => new SimulatedBus(world.process('a client'), host),
      ways: () => ({ away: { takeAway: becomes(false), bringBack: becomes(true) } }),
      close: () => Promise.resolve(world.stop()),
    });
  });
});
