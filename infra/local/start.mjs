// npm start: everything, from a clean clone. Prepares, then hands over to the supervisor (main.ts).
import { Interrupted, Unprepared, prepare, root, runTillItEnds } from './prepare.mjs';

try {
  const { env, node } = await prepare({ say: (line) => console.log(`${line} …`) });
  const main = ['--enable-source-maps', 'dist/infra/local/main.js'];
  process.exitCode = await runTillItEnds(node, [...main, ...process.argv.slice(2)], { env, cwd: root });
} catch (error) {
  if (error instanceof Interrupted) {
    process.exitCode = error.code;
  } else {
    if (!(error instanceof Unprepared)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
