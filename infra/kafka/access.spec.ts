import { describe, expect, it } from '@jest/globals';
import { sagaTable, type SagaRow, type ServiceName } from '../../libs/contracts/src/saga-table.js';
import { rightsOf } from './access.js';
import { topics } from './topics.js';

const services: readonly ServiceName[] = ['payments-api', 'bank-gateway', 'ledger'];
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
/** A trigger that is no event is a text. */
const topicsIn = (causes: readonly (SagaRow['on'] | SagaRow['emits'][number])[]): string[] =>
  causes.flatMap((cause) => (typeof cause === 'string' ? [] : [cause.topic]));

describe.each(services)('at the broker of npm start, %s', (service) => {
  const rows = sagaTable.filter((row) => row.service === service);

  it('reads what the sagas let it hear, and nothing else', () => {
    expect(sorted(rightsOf[service].reads)).toEqual(sorted(topicsIn(rows.map(({ on }) => on))));
  });

  it('writes what the sagas let it say, its dead letters, and nothing else', () => {
    const says = topicsIn(rows.flatMap(({ emits }) => emits));
    expect(sorted(rightsOf[service].writes)).toEqual(sorted([...says, `${service}.dlq`]));
  });

  it('is a member of its own group only', () => {
    expect(rightsOf[service].group).toEqual({ name: service });
  });

  it('is the only one who writes its topics', () => {
    const others = Object.entries(rightsOf).filter(([name]) => name !== service);
    const writtenByOthers = new Set<string>(others.flatMap(([, { writes }]) => writes));
    expect(rightsOf[service].writes.filter((topic) => writtenByOthers.has(topic))).toEqual([]);
  });
});

describe('at the broker of npm start, the login for tools', () => {
  it('reads every topic, writes none, and is no member of a service’s group', () => {
    const { reads, writes, group } = rightsOf.reader;
    expect({ reads, writes }).toEqual({ reads: topics, writes: [] });
    expect(services.filter((service) => service.startsWith(group.name))).toEqual([]);
  });
});
