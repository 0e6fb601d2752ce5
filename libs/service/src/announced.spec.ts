import { describe, expect, it } from '@jest/globals';
import { createLog } from '#telemetry';
import { FakeClock } from '#testing';
import { announced } from './announced.js';

describe('a wait', () => {
  it('is logged once it takes long, then periodically, and when it is over', async () => {
    const clock = new FakeClock();
    const said: string[] = [];
    const log = createLog({
      service: 's',
      instance: 'i',
      destination: { write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg) },
    });
    const kafka = Promise.withResolvers<string>();
    const result = announced(clock, log, 'Kafka', kafka.promise);
    await clock.advance(1_999);
    expect(said).toEqual([]);
    await clock.advance(15_001);
    expect(said).toEqual(['waiting for Kafka, for 2 s so far', 'waiting for Kafka, for 17 s so far']);
    kafka.resolve('joined');
    expect(await result).toBe('joined');
    expect(said.at(-1)).toBe('Kafka came after 17 s');
    expect(clock.pendingTimers).toBe(0);
  });
});
