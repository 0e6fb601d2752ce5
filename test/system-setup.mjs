// The whole system, once for all system tests, on free ports and in a folder of its own: systemUnderTest() finds it.
import { prepare } from '../infra/local/prepare.mjs';
import '../infra/local/load-typescript.mjs';

export default async function setUp() {
  await prepare({ say: (line) => process.stdout.write(`${line} …\n`) });
  const { startSystem } = await import('./system.ts');
  globalThis.stopSystem = await startSystem();
}
