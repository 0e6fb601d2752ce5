import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { commands } from '../../cli/src/commands.js';
import { repositoryRoot } from '../../infra/local/repository.js';

describe('docs/operating.md', () => {
  const page = readFileSync(join(repositoryRoot, 'docs', 'operating.md'), 'utf8');

  it('names every route of every admin port', () => {
    const sources = globSync('{apps,libs}/**/src/**/*.ts', { cwd: repositoryRoot }).filter(
      (file) => !file.endsWith('.spec.ts'),
    );
    const routes = sources.flatMap((file) =>
      [...readFileSync(join(repositoryRoot, file), 'utf8').matchAll(/admin\.get\(\s*'([^']+)'/g)].map(
        ([, route]) => route!,
      ),
    );
    expect(routes).toContain('/charges/:id');
    expect(routes.filter((route) => !page.includes(`\`${route}\``))).toEqual([]);
  });

  it('names every command for operators', () => {
    expect(Object.keys(commands)).toContain('why');
    expect(Object.keys(commands).filter((name) => !page.includes(`npx holdfast ${name}`))).toEqual([]);
  });
});
