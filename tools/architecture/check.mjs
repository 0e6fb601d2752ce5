// npm run architecture: checks every rule on the whole repository.
import { fileURLToPath } from 'node:url';
import { allViolations } from './violations.mjs';

const violations = await allViolations(fileURLToPath(new URL('../..', import.meta.url)));
for (const { rule, path, what } of violations) console.error(`${rule}: ${path} ${what}`);
process.exitCode = violations.length === 0 ? 0 : 1;
