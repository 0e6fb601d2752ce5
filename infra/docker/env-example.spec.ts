import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../local/repository.js';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const asDefaults = (matches: Iterable<RegExpMatchArray>): Map<string, string> =>
  new Map([...matches].map(([, name, value]) => [name!, value!]));

/** What docker compose takes from its environment, with the defaults that stand there. */
const taken = asDefaults(read('docker-compose.yml').matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g));

describe('.env.example', () => {
  it('has each variable of docker-compose.yml with its default, and no other', () => {
    const offered = asDefaults(read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm));
    expect(taken.size).toBeGreaterThan(20);
    expect(Object.fromEntries(offered)).toEqual(Object.fromEntries(taken));
  });
});

it('docs/configuration.md names each variable of docker-compose.yml', () => {
  const [, containers = ''] = read('docs/configuration.md').split('\n## Containers\n');
  expect([...taken.keys()].filter((name) => !containers.includes(name))).toEqual([]);
});

it('each service of docker compose that goes on running starts again, and says when it is healthy', () => {
  const [, services = ''] = read('docker-compose.yml').split(/^services:$/m);
  const blocks = services
    .split(/^volumes:$/m)[0]!
    .split(/^ {2}(?=[a-z-]+:$)/m)
    .slice(1);
  const lacking = blocks.flatMap((block) => {
    const name = block.slice(0, block.indexOf(':'));
    if (/profiles: \[operator\]|restart: on-failure/.test(block)) return [];
    const restarts = /<<: \*service\b|restart: unless-stopped/.test(block);
    return [...(restarts ? [] : [`${name} restart`]), ...(block.includes('healthcheck:') ? [] : [`${name} health`])];
  });
  // Tempo's image has no program that could ask it.
  expect(lacking).toEqual(['traces health']);
});
