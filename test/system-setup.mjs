// System tests drive compiled processes: what is out of date is built first. Each spec file starts a system of its own.
import { prepare } from '../infra/local/prepare.mjs';

export default async function setUp() {
  await prepare({ say: (line) => process.stdout.write(`${line} …\n`) });
}
