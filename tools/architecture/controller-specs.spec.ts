import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const routes = /@(?:Get|Post|Put|Patch|Delete)\(/;
const served = globSync('apps/*/src/**/*.controller.ts').filter((file) => routes.test(readFileSync(file, 'utf8')));
/** Their helpers open a testing module of Nest's behind the service's own door. */
const opened = globSync('apps/*/src/**/*.controller.spec.ts').map((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:ControllerApp\.open|openAdmin|openConsole)\(\s*\[([^\]]*)\]/g)].join(),
);

describe('a controller with routes', () => {
  it('is found', () => expect(served.length).toBeGreaterThan(5));

  it.each(served)('%s has a spec that sends it requests', (file) => {
    const [, name] = /export class (\w+)/.exec(readFileSync(file, 'utf8'))!;
    expect(opened.filter((controllers) => new RegExp(`\\b${name}\\b`).test(controllers))).not.toEqual([]);
  });
});
