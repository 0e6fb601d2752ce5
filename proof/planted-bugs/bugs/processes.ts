import type { Sabotage } from '../sabotage.js';

const real = 'retention deletes by pages of a table and by days, and a world has neither large tables nor days';

export const processes: readonly Sabotage[] = [
  {
    name: 'sigterm-drops-what-is-in-hand',
    says: 'on SIGTERM a service closes its database first, so requests in progress fail',
    breaks: ['A16'],
    edits: [
      {
        file: 'libs/service/src/shutdown.ts',
        find: "['door', 'http', 'consumer', 'workers', 'relay', 'leases', 'pools'] as const",
        replace: "['pools', 'door', 'http', 'consumer', 'workers', 'relay', 'leases'] as const",
      },
    ],
  },
  {
    name: 'banks-closed-too-early',
    says: 'on SIGTERM a gateway marks its banks unavailable while its workers still run, and fails their charges',
    breaks: ['A16'],
    edits: [
      {
        file: 'apps/bank-gateway/src/banks/banks.ts',
        find: "shutdown.during('pools', 'the banks'",
        replace: "shutdown.during('workers', 'the banks'",
      },
    ],
  },
  {
    name: 'lease-trusted-too-long',
    says: 'a process trusts its lease beyond its expiry in the database, so two processes own one name',
    breaks: [],
    shownBySpec: {
      file: 'proof/virtual-time/src/leases.spec.ts',
      because: 'two owners do no harm: the inbox drops the duplicates that two relays publish',
    },
    edits: [
      {
        file: 'libs/leases/src/leases.ts',
        find: 'this.#ttlMs - (options.trustMarginMs ?? 2_000);',
        replace: 'this.#ttlMs + (options.trustMarginMs ?? 2_000);',
      },
    ],
  },
  {
    name: 'job-stopped-by-one-row',
    says: 'a periodic job stops at the first row that it cannot process, and never reaches the rows behind it',
    breaks: ['A18'],
    shownBySpec: {
      file: 'libs/saga/src/work-off.spec.ts',
      because: 'in a world without the bug no job meets a row that it cannot process',
    },
    edits: [
      {
        file: 'libs/saga/src/in-halves.ts',
        find: 'if (isTransient(error)) throw error;\n    if (items.length === 1)',
        replace: 'if (isTransient(error) || items.length < 2) throw error;\n    if (items.length === 1)',
      },
    ],
  },
  {
    name: 'inbox-forgets-too-early',
    says: 'the inbox forgets an event after twenty minutes instead of two weeks, so a late redelivery is decided again',
    breaks: ['A9'],
    shownBySpec: { file: 'infra/kafka/topics.spec.ts', because: real },
    edits: [
      {
        file: 'libs/saga/src/inbox-retention.repository.ts',
        find: 'INBOX_KEPT_MS = 14 * 24 * 60 * 60 * 1_000;',
        replace: 'INBOX_KEPT_MS = 14 * 24 * 60 * 60;',
      },
    ],
  },
  {
    name: 'retention-forgets-what-is-parked',
    says: 'inbox retention deletes the ids of events that are still parked, so a redelivery is decided before the replay',
    breaks: ['A7'],
    shownBySpec: { file: 'libs/saga/src/inbox-retention.real.spec.ts', because: real },
    edits: [
      {
        file: 'libs/saga/src/inbox-retention.repository.ts',
        find: '       AND NOT EXISTS (SELECT FROM parked_event WHERE parked_event.id = inbox.id AND parked_event.source = inbox.source)\n',
        replace: '',
      },
    ],
  },
];
