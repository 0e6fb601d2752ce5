// The supervisor behind `npm start`. start.mjs prepares everything that it needs to run.
import { supervise } from './supervise.js';

await supervise(process.argv.slice(2), process.env);
