import type { Sabotage } from '../sabotage.js';

const chargeStatements = 'apps/payments-api/src/charges/store/charge-statements.ts';
const chargeRequestRows = 'apps/payments-api/src/charges/requests/charge-request.repository.ts';
const reaper = 'apps/payments-api/src/idempotency/reaper.ts';

export const keys: readonly Sabotage[] = [
  {
    name: 'neighbour-waited-for-once',
    says: 'two requests that waited for the same claim both start, and the assertion that a key has one open claim is missing',
    breaks: ['A4', 'A15', 'A16'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/keyed-requests.ts',
        find: 'for (let neighbour = claims.find(claim); neighbour; neighbour = claims.find(claim)) {',
        replace: 'const neighbour = claims.find(claim);\n    if (neighbour) {',
      },
      {
        file: 'apps/payments-api/src/idempotency/open-claims.ts',
        find: "    assert(!this.byName.has(name), 'a key is held by one request at a time');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'answer-stored-twice',
    says: 'a second answer overwrites the stored answer of a key',
    breaks: ['A4'],
    edits: [
      {
        file: chargeStatements,
        find: 'SELECT * FROM unnest($16::text[], $17::text[], $18::int2[], $19::text[])\n   ON CONFLICT DO NOTHING',
        replace:
          'SELECT * FROM unnest($16::text[], $17::text[], $18::int2[], $19::text[])\n   ON CONFLICT (account, key) DO UPDATE SET status = excluded.status, body = excluded.body',
      },
    ],
  },
  {
    name: 'key-claimed-apart',
    says: 'an idempotency key is claimed in its own transaction, before the one that opens the charge',
    breaks: ['A15'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/keyed-requests.ts',
        find: '      return await this.parts.commands.submit(work);\n',
        replace:
          '      await this.parts.database.transaction((tx) => claimKeys(tx, [work.key]));\n      return await this.parts.commands.submit(work);\n',
      },
      {
        file: chargeRequestRows,
        find: '      claimKeys(tx, claims),\n',
        replace:
          '      readKeys(tx, claims).then((rows) => new Set(claims.filter((claim) => rows.get(nameOf(claim))?.requestId === claim.requestId).map(nameOf))),\n',
      },
    ],
  },
  {
    name: 'running-key-executed-again',
    says: 'a repeated request is executed while the first runs on another instance: two charges under one idempotency key',
    breaks: ['A17', 'A4'],
    edits: [
      {
        file: chargeRequestRows,
        find: '        if (request) return request;\n',
        replace:
          "        const runs = request?.state === 'taken' && !request.row.answer && claim.subject === null;\n        if (request && !runs) return request;\n",
      },
    ],
  },
  {
    name: 'fingerprint-ignored',
    says: 'a reused idempotency key with other parameters gets the first answer instead of an error',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/idempotency/key.ts',
        find: 'if (row.fingerprint !== attempt.fingerprint) {',
        replace: "if (row.fingerprint !== attempt.fingerprint && attempt.fingerprint === '') {",
      },
    ],
  },
  {
    name: 'key-kept-too-short',
    says: 'retention of idempotency keys takes seconds for milliseconds: a repetition after two minutes charges again',
    breaks: ['A4', 'A17'],
    edits: [{ file: reaper, find: 'KEPT_MS = 24 * 60 * 60 * 1_000;', replace: 'KEPT_MS = 24 * 60 * 60;' }],
  },
  {
    name: 'key-kept-too-long',
    says: 'idempotency keys are kept for ten days, so a client that reuses one the next day gets the old answer and no charge',
    breaks: [],
    shownBySpec: {
      file: 'tools/docs/durations.spec.ts',
      because: 'A4 requires that a key is kept for at least a day, and sets no upper limit',
    },
    edits: [{ file: reaper, find: 'KEPT_MS = 24 * 60 * 60 * 1_000;', replace: 'KEPT_MS = 10 * 24 * 60 * 60 * 1_000;' }],
  },
  {
    name: 'pending-answer-not-stored',
    says: 'a `pending` answer is not stored, so the replay differs from it',
    breaks: ['A4'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/pending-answers.ts',
        find: 'if (pending.length > 0) await this.store(pending);',
        replace: 'const told = new Map(pending.map((given) => [nameOf(given), given.answer]));',
      },
      {
        file: 'apps/payments-api/src/charges/requests/pending-answers.ts',
        find: 'const answer = answers.get(nameOf(name));',
        replace: 'const answer = answers.get(nameOf(name)) ?? told.get(nameOf(name));',
      },
    ],
  },
];
