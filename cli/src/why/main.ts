// npm run why -- ch_…: one charge's whole story over all services, from what they and the banks say of it.
import { parseArgs } from 'node:util';
import { ControlRefused } from '../../../infra/local/control-client.js';
import { findDoors } from './doors.js';
import { chargeOfRefund, gatherEvidence, keyOf, type Doors } from './evidence.client.js';
import { render } from './render.js';
import { storyOf } from './story.js';

const USAGE = `npm run why -- ch_…                    why a charge ended as it did, or has not ended yet
npm run why -- re_…                    the same, of the charge that a refund gives back
npm run why -- acct_… <key>            the same, of what was asked for under an idempotency key
                      --json           for machines`;

class NothingToTell extends Error {}

try {
  const { positionals, values } = readArguments();
  const doors = await findDoors(process.env);
  const chargeId = await chargeOf(positionals, doors);
  const evidence = await gatherEvidence(doors, chargeId);
  const story = storyOf(evidence);
  if (!story)
    throw new NothingToTell(
      `Nobody knows ${chargeId}: neither payments-api, nor bank-gateway, nor ledger, nor a bank. Is it from another system, or mistyped? An id is ch_ and 11 characters.`,
    );
  if (values.json) console.log(JSON.stringify({ ...story, evidence }, null, 2));
  else {
    const { isTTY, columns } = process.stdout;
    const colours = isTTY && process.env.NO_COLOR === undefined;
    for (const line of render(story, { width: isTTY ? columns : 100, colours })) console.log(line);
  }
} catch (error) {
  if (!(error instanceof NothingToTell || error instanceof ControlRefused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function readArguments() {
  try {
    const given = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
    if (given.positionals.length >= 1 && given.positionals.length <= 2) return given;
  } catch {
    // an option that does not exist: told how it goes, below
  }
  throw new NothingToTell(USAGE);
}

async function chargeOf([first = '', key]: readonly string[], doors: Doors): Promise<string> {
  if (key !== undefined) {
    const found = await keyOf(doors, first, key);
    if (found.kind === 'told' && found.view.chargeId) return found.view.chargeId;
    throw new NothingToTell(
      found.kind === 'away'
        ? `payments-api could not be asked what was under the key: ${found.because}.`
        : `No charge was asked for under the key ${key} of ${first}. Answers that are not about a charge, and keys older than a day, are not kept here.`,
    );
  }
  if (first.startsWith('ch_')) return first;
  if (!first.startsWith('re_'))
    throw new NothingToTell(`${first} is no charge (ch_…) and no refund (re_…).\n\n${USAGE}`);
  const found = await chargeOfRefund(doors, first);
  if (found.kind === 'told') return found.view;
  throw new NothingToTell(
    found.kind === 'away'
      ? `payments-api could not be asked which charge ${first} is of: ${found.because}. Ask with the charge’s id.`
      : `Nobody knows ${first}. Is it from another system, or mistyped?`,
  );
}
