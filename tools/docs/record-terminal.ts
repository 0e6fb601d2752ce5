// Records the terminal of docs/terminal.svg from the system that npm start runs here, freshly started:
//     node --import ./infra/local/load-typescript.mjs tools/docs/record-terminal.ts && npm run docs
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { RecordedCommand, TerminalRecording } from './terminal-recording.js';

function run(typed: string): RecordedCommand {
  const startedAt = performance.now();
  const output = execFileSync('sh', ['-c', typed], { cwd: repositoryRoot, encoding: 'utf8' });
  return { typed, output, tookMs: Math.round(performance.now() - startedAt) };
}

const bankDies = run('npx holdfast faults set outage --bank alder');
try {
  const charge = run(
    `curl -s localhost:3000/v1/charges -u sk_test_me: -d amount=2000 -d currency=usd \\
    -d source=tok_visa | grep -E '^  "(id|status)"'`,
  );
  const id = /ch_\w+/.exec(charge.output)![0];
  const breaker = run(`grep -o 'the breaker of [^"]*' .holdfast/logs/bank-gateway.log | tail -1`);
  const why = run(`npx holdfast why ${id}`);
  const recording: TerminalRecording = {
    recordedAt: new Date().toISOString(),
    commands: [bankDies, charge, breaker, why],
  };
  writeFileSync(join(repositoryRoot, 'tools/docs/terminal-recording.json'), `${JSON.stringify(recording, null, 2)}\n`);
} finally {
  run('npx holdfast faults clear');
}
