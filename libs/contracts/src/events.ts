import * as bank from './bank/index.js';
import {
  deadLetterTopicOf,
  producers,
  type EventContract,
  type Producer,
  type ServiceName,
  type Topic,
} from './event.js';
import * as ledger from './ledger/index.js';
import * as payments from './payments/index.js';

/** Every event of the system. */
export const eventContracts: readonly EventContract[] = [payments, bank, ledger]
  .flatMap((owner) => Object.values(owner) as EventContract[])
  .filter((each) => typeof each === 'function');

const topicsWhere = (matches: (event: EventContract) => boolean): Topic[] => [
  ...new Set(eventContracts.filter(matches).map(({ topic }) => topic)),
];

/** Every topic of events. */
export const topics: readonly Topic[] = topicsWhere(() => true);
export const topicsFrom = (producer: Producer): Topic[] => topicsWhere((event) => event.producer === producer);
export const topicsTo = (reader: ServiceName): Topic[] => topicsWhere((event) => event.reader === reader);

export const deadLetterTopics = Object.values(producers).map(deadLetterTopicOf);
