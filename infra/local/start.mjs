// npm start: everything, from a clean clone. Prepares, then hands over to the supervisor (main.ts).
import { whenNpmIsGone } from './npm-is-gone.mjs';
import { Interrupted, Unprepared, prepare, root, runTillItEnds } from './prepare.mjs';

// A reader that is gone (`npm start | head`) must not end what has been started.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const endedBy = whenNpmIsGone();
  const { env, node } = await prepare({ say: (line) => console.log(`${line} …`), endedBy });
  const main = ['--enable-source-maps', 'dist/infra/local/main.js'];
  // By the channel the supervisor learns when this process is killed.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  process.exitCode = await runTillItEnds(node, [...main, ...process.argv.slice(2)], { env, cwd: root, stdio, endedBy });
} catch (error) {
  if (error instanceof Interrupted) {
    process.exitCode = error.code;
  } else {
    if (!(error instanceof Unprepared)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
