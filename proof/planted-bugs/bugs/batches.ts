import type { Sabotage } from '../sabotage.js';

export const batches: readonly Sabotage[] = [
  {
    name: 'answers-swapped-in-a-batch',
    says: 'requests that settle in one commit get each other’s answers, at first and in every replay',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/store/charge.repository.ts',
        find: '    due.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));\n',
        replace:
          '    due.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));\n    due.splice(0, due.length, ...due.map((each, place) => ({ ...each, answer: due.at(-1 - place)!.answer })));\n',
      },
    ],
  },
  {
    name: 'stored-answers-swapped-in-a-batch',
    says: 'requests that settle in one commit store each other’s answers, so a replay differs from the first answer',
    breaks: ['A4', 'A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/store/charge-record-rows.ts',
        find: '    answers.map(({ answer }) => answer.body),\n',
        replace: '    answers.map(({ answer }) => answer.body).toReversed(),\n',
      },
    ],
  },
  {
    name: 'requests-of-a-batch-see-the-same-charge',
    says: 'two requests of one batch on one charge both decide on the state before the batch, so one update is lost',
    breaks: ['A7', 'A15', 'A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/charge-request.repository.ts',
        find: "if (charge.charge.state !== 'none') decided.set(charge.charge.opening.id, charge);",
        replace: "if (charge.charge.state === 'none') decided.set('', charge);",
      },
    ],
  },
  {
    name: 'events-of-a-batch-see-the-same-state',
    says: 'two events of one batch on one charge both decide on the state before the batch, and only the last update is saved',
    breaks: ['A7', 'A2', 'A9'],
    edits: [
      {
        file: 'libs/saga/src/batch.ts',
        find: '        loaded.set(work.key, decision.state);\n',
        replace:
          '        if (work.delivery) saving.push(() => loaded.set(work.key, decision.state));\n        else loaded.set(work.key, decision.state);\n',
      },
      {
        file: 'libs/saga/src/batch.ts',
        find: '    const outcomes: WorkOutcome[] = [];\n    for (const work of works) {',
        replace:
          '    const outcomes: WorkOutcome[] = [];\n    const saving: (() => void)[] = [];\n    for (const work of works) {',
      },
      {
        file: 'libs/saga/src/batch.ts',
        find: '    for (const [kind, byName] of changed) {',
        replace: '    for (const set of saving) set();\n    for (const [kind, byName] of changed) {',
      },
    ],
  },
  {
    name: 'order-of-a-key-lost',
    says: 'the relay publishes each batch in reverse, so events of one charge arrive out of order',
    breaks: [],
    shownBySpec: {
      file: 'libs/messaging/src/outbox-relay.spec.ts',
      because:
        'two events of one charge are rarely in one batch, and a service that gets one too early waits until it is resent',
    },
    edits: [
      {
        file: 'libs/messaging/src/outbox-relay.ts',
        find: 'bus.publish(batch.map(({ event }) => event))',
        replace: 'bus.publish(batch.map(({ event }) => event).toReversed())',
      },
    ],
  },
];
