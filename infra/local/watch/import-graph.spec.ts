import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../repository.js';
import { ImportGraph, importsIn } from './import-graph.js';

describe('importsIn', () => {
  it.each([
    [`import { a } from './a.js';`, ['./a.js']],
    [`import type { A } from './a.js';\nexport type { B } from './b.js';`, []],
    [`import { type A, b } from '#money';`, ['#money']],
    [`import {\n  a,\n  b as c,\n} from './a.js';\nimport d, { e } from './d.js';`, ['./a.js', './d.js']],
    [
      `export * from './a.js';\nexport * as bank from './b.js';\nexport { c } from './c.js';`,
      ['./a.js', './b.js', './c.js'],
    ],
    [`import 'reflect-metadata';\nconst { why } = await import('./why.js');`, ['reflect-metadata', './why.js']],
    [`export function importFrom() { return "from './a.js'"; }`, []],
  ])('finds what is there at run time: %j', (text, names) => {
    expect(importsIn(text)).toEqual(names);
  });
});

describe('the import graph', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-imports-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (files: Record<string, string>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };

  it('follows files and libraries, and circles once', () => {
    write({
      'apps/a/src/main.ts': `import './b.js';\nimport { usd } from '#money';`,
      'apps/a/src/b.ts': `import './main.js';`,
      'apps/a/src/lonely.ts': '',
      'libs/money/src/index.ts': `export * from './money.js';`,
      'libs/money/src/money.ts': 'export const usd = 1;',
    });
    expect([...new ImportGraph(root).reachOf('apps/a/src/main.ts').files]).toEqual([
      'apps/a/src/main.ts',
      'libs/money/src/index.ts',
      'apps/a/src/b.ts',
      'libs/money/src/money.ts',
    ]);
  });

  it('reads a file again once it is told of a change, and names imports that lead nowhere', () => {
    write({ 'apps/a/src/main.ts': `import './b.js';`, 'apps/a/src/b.ts': '' });
    const graph = new ImportGraph(root);
    expect(graph.reachOf('apps/a/src/main.ts').missing).toEqual([]);
    write({ 'apps/a/src/b.ts': `import './gone.js';` });
    graph.changed('apps/a/src/b.ts');
    expect(graph.reachOf('apps/a/src/main.ts').missing).toEqual([
      { from: 'apps/a/src/b.ts', to: 'apps/a/src/gone.ts' },
    ]);
  });

  it('finds every import of this repository’s services', () => {
    const graph = new ImportGraph(repositoryRoot);
    for (const service of ['ledger', 'bank-gateway', 'payments-api', 'bank-simulator']) {
      const { files, missing } = graph.reachOf(`apps/${service}/src/main.ts`);
      expect(missing).toEqual([]);
      expect([...files].filter((file) => file.startsWith('apps/') && !file.startsWith(`apps/${service}/`))).toEqual([]);
      expect(files).toContain('libs/money/src/money.ts');
      expect(files.size).toBeGreaterThan(60);
    }
  });
});
