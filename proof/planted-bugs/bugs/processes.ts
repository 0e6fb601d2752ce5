import type { Sabotage } from '../sabotage.js';

const real = 'only the database decides it: the simulation has no pages of a table, and no days in which they grow';

export const processes: readonly Sabotage[] = [
  {
    name: 'sigterm-drops-what-is-in-hand',
    says: 'a service that is told to end closes its database first, so that requests in hand fail',
    breaks: ['A16'],
    shownBySpec: {
      file: 'libs/service/src/shutdown.spec.ts',
      because:
        'a process that ends explains every answer that nobody heard: A16 does not ask whether the request was in hand before',
    },
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
    says: 'a gateway that is told to end takes its banks for unavailable while its workers still go on, and fails charges for that',
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
    says: 'a process trusts its lease for longer than the database keeps it, so that two of them own one name',
    breaks: [],
    shownBySpec: {
      file: 'proof/virtual-time/src/leases.spec.ts',
      because: 'every owner is harmless twice: what two relays publish the inbox drops',
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
    says: 'a periodic job ends at the first row that it cannot process, and never comes to those behind it',
    breaks: ['A18'],
    shownBySpec: {
      file: 'libs/saga/src/work-off.spec.ts',
      because: 'no row of the simulation is one that a sound service cannot process',
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
    says: 'the inbox forgets an event after twenty minutes and not after two weeks, so a late copy is decided again',
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
    says: 'the inbox forgets events that are parked still, so that a copy of one is decided before its replay',
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
