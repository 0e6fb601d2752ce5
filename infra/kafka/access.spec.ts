import { describe, expect, it } from '@jest/globals';
import type { ServiceName } from '#contracts';
import { sagaTable, type SagaRow } from '../../libs/contracts/src/saga-table.js';
import { rightsOf } from './access.js';
import { topics } from './topics.js';

const services: readonly ServiceName[] = ['payments-api', 'bank-gateway', 'ledger'];
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
/** Topics of the events among the causes. Other causes are strings. */
const topicsIn = (causes: readonly (SagaRow['on'] | SagaRow['emits'][number])[]): string[] =>
  causes.flatMap((cause) => (typeof cause === 'string' ? [] : [cause.topic]));

describe.each(services)('at the broker of npm start, %s', (service) => {
  const rows = sagaTable.filter((row) => row.service === service);

  it('may read exactly the topics of its saga steps, and those in which earlier versions published their events', () => {
    const causes = rows.map(({ on }) => on);
    const former = causes.flatMap((cause) => (typeof cause === 'string' ? [] : [`${cause.producer}.events`]));
    expect(sorted(rightsOf[service].reads)).toEqual(sorted([...topicsIn(causes), ...former]));
  });

  it('may write exactly the topics of its saga steps and its dead letters', () => {
    const says = topicsIn(rows.flatMap(({ emits }) => emits));
    expect(sorted(rightsOf[service].writes)).toEqual(sorted([...says, `${service}.dlq`]));
  });

  it('may join its own consumer group only', () => {
    expect(rightsOf[service].group).toEqual({ name: service });
  });

  it('is the only login with write access to its topics', () => {
    const others = Object.entries(rightsOf).filter(([name]) => name !== service);
    const writtenByOthers = new Set<string>(others.flatMap(([, { writes }]) => writes));
    expect(rightsOf[service].writes.filter((topic) => writtenByOthers.has(topic))).toEqual([]);
  });
});

describe('at the broker of npm start, the login for tools', () => {
  it('may read every topic, write none, and join no service’s group', () => {
    const { reads, writes, group } = rightsOf.reader;
    expect({ reads, writes }).toEqual({ reads: topics, writes: [] });
    expect(services.filter((service) => service.startsWith(group.name))).toEqual([]);
  });
});
