import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';
import { inserted } from './inserted.js';
import { herdPicture, herdRuns } from './thundering-herd.js';

const docs = (name: string): string => readFileSync(join(repositoryRoot, 'docs', name), 'utf8');

describe('docs/patterns.md', () => {
  it('is up to date with the code: after a change, npm run docs', () => {
    expect(docs('patterns.md')).toBe(inserted(docs('patterns.md')));
  });

  it('shows every naive version, and the promises of every test', () => {
    const files = readdirSync(join(repositoryRoot, 'test/patterns'));
    const wanted = files
      .filter((file) => file.startsWith('naive-') || file.endsWith('.spec.ts'))
      .map((file) => `<!-- ${file.endsWith('.spec.ts') ? 'promises' : 'code'} test/patterns/${file} -->`);
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter((block) => !docs('patterns.md').includes(block))).toEqual([]);
  });

  it('fills a block from its file, without imports, and keeps the rest', () => {
    const page = 'Before.\n<!-- code a.ts -->\nold\n<!-- end -->\nAfter.\n<!-- promises b.spec.ts -->\n<!-- end -->\n';
    const files: Record<string, string> = {
      'a.ts': `import { a } from './a.js';\nimport type {\n  B,\n} from './b.js';\n\nexport const x = 1;\n`,
      'b.spec.ts': `bothVersions({}, {\n      async 'one is kept'(make) {},\n      'two is kept'(make) {},\n});`,
    };
    expect(inserted(page, (path) => files[path]!)).toBe(
      'Before.\n<!-- code a.ts -->\n```ts\nexport const x = 1;\n```\n<!-- end -->\nAfter.\n' +
        '<!-- promises b.spec.ts -->\n- one is kept\n- two is kept\n<!-- end -->\n',
    );
    expect(() => inserted('<!-- promises a.ts -->\n<!-- end -->', () => '')).toThrow('no promises');
  });
});

describe('docs/thundering-herd.svg', () => {
  it('is up to date with the simulation', () => {
    expect(docs('thundering-herd.svg')).toBe(herdPicture());
  });

  it('shows that jitter lowers the peak of attempts and the refused ones, and serves the last client sooner', () => {
    const [, without, full] = herdRuns();
    expect(Math.max(...full!.attempts)).toBeLessThan(Math.max(...without!.attempts) / 3);
    expect(full!.refused).toBeLessThan(without!.refused / 5);
    expect(full!.lastServedMs).toBeLessThan(without!.lastServedMs / 10);
  });
});
