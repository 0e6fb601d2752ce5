// npm run parked: what services have set aside, for operators. Through operate.ts, which knows where the system runs.
import { parseParkedCommand, UsageError } from './parked-command.js';
import { runParked } from './run-parked.js';

try {
  const url = process.env.DATABASE_URL;
  if (!url) throw new UsageError('DATABASE_URL is not set: npm run parked finds a system that npm start runs here');
  console.log(await runParked(url, parseParkedCommand(process.argv.slice(2))));
} catch (error) {
  // A database that is not there yet, a server that is away: what Postgres says is what to mend.
  console.error(error instanceof UsageError ? error.message : `not done: ${(error as Error).message}`);
  process.exitCode = 1;
}
