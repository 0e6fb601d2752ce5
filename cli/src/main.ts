import { holdfast } from './holdfast.js';

process.exitCode = await holdfast(process.argv.slice(2));
