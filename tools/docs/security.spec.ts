import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { portTable } from '../../infra/local/ports.js';
import { repositoryRoot } from '../../infra/local/repository.js';

describe('docs/security.md', () => {
  const page = readFileSync(join(repositoryRoot, 'docs', 'security.md'), 'utf8');

  it('names every port of npm start', () => {
    const ranges = [...page.matchAll(/\| (\d{4})(?: – (\d{4}))?(?:, (\d{4}))? \|/g)];
    const isNamed = (port: number): boolean =>
      ranges.some(
        ([, first, last = first, other]) => (port >= Number(first) && port <= Number(last)) || port === Number(other),
      );
    expect(Object.values(portTable).filter(({ port }) => !isNamed(port))).toEqual([]);
  });

  it('names tests that exist', () => {
    const specs = globSync('{apps,libs,cli,proof,tools,infra,test}/**/*.spec.ts', { cwd: repositoryRoot });
    const contracts = globSync('libs/*/src/testing/*-contract.ts', { cwd: repositoryRoot });
    const names = [...page.matchAll(/`([\w.-]+(?:\.spec|-contract))`/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(20);
    const exists = (name: string): boolean => [...specs, ...contracts].some((path) => path.endsWith(`/${name}.ts`));
    expect(names.filter((name) => !exists(name))).toEqual([]);
  });
});
