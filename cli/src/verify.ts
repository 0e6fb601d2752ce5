import { asksForHelp, CommandError, type Command } from './command.js';
import { readWords } from './read-words.js';
import { FaultsClient } from './faults/faults.client.js';
import { runEntry } from './service-entry.js';
import { doorOptions } from './system/admin-doors.js';
import { holdfastInContainer } from './system/compose.client.js';
import { findDatabases } from './system/databases.js';
import { findDoors } from './system/find-system.js';
import { judge, judgeRows, type VerifiedPromise } from './verify/judgement.js';
import { showJudgement } from './verify/show-judgement.js';
import { evidenceAtRest } from './verify/wait-for-rest.js';

const usage = `holdfast verify                     whether the promises were kept, by databases and journals
                --within <seconds>  how long to wait until all is at rest; 60 unless said otherwise
                --json              for machines

For a system that any tool has been at: lift all faults, start what was stopped, and ask. It compares the databases of
the three services with each other and with the banks' own journals, and believes no service's word about itself.
Ends with 1 when a promise is broken. For another system than the one that runs here: DATABASE_URL and BANKS_ADMIN_URL.`;

const projection = 'dist/apps/payments-api/src/charges/store/verify-projection.js';

export const verify: Command = async (words) => {
  if (asksForHelp(words)) {
    console.log(usage);
    return 0;
  }
  const { positionals, values } = readWords('verify', words, {
    'banks-admin-url': doorOptions['banks-admin-url'],
    within: { type: 'string', default: '60' },
    json: { type: 'boolean' },
  });
  const withinSeconds = Number(values.within);
  if (positionals.length > 0 || !(withinSeconds >= 0))
    throw new CommandError(
      '--within takes a number of seconds, and nothing else is read: holdfast verify --within 60.',
    );
  const databases = await findDatabases();
  if (databases === 'in container') return holdfastInContainer(['verify', ...words]);
  const [banksAdminUrl] = (await findDoors(values)).banks;
  if (banksAdminUrl === undefined) throw new CommandError('Say where the banks are: BANKS_ADMIN_URL.');

  // It waits three seconds for Postgres, and prints the error itself.
  const rows = await runEntry(projection, [], databases, { capture: true });
  if (rows.code === 2) return 2;
  const standing = await new FaultsClient(banksAdminUrl).list();
  if (standing.length > 0)
    console.error(`${standing.length} faults stand at the banks: holdfast faults clear lifts them.`);
  const where = { databaseUrl: databases.DATABASE_URL!, banksAdminUrl };
  const evidence = await evidenceAtRest(where, withinSeconds * 1_000).catch((error: Error) => {
    throw new CommandError(`The system could not be looked at: ${error.message}`);
  });
  const judged: VerifiedPromise[] = [...judge(evidence), judgeRows(rows.code === 0, rows.output)];
  if (values.json) console.log(JSON.stringify({ charges: evidence.charges.length, promises: judged }, null, 2));
  else for (const line of showJudgement(judged, evidence, process.stdout.columns ?? 100)) console.log(line);
  return judged.some(({ outcome }) => outcome === 'broken') ? 1 : 0;
};
